using System.Data.Common;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.Search;
using CleanUsers.Infrastructure.Persistence.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>SQLite's plans (EXPLAIN QUERY PLAN) for the statements of the lists.</summary>
public sealed class SqliteQueryPlans : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<bool, string, string> Filters() => new()
    {
        { false, "email", "IX_Users_EmailKey" },
        { false, "role", "IX_Users_Role" },
        { false, "status", "IX_Users_Status" },
        { false, "role and status", "IX_Users_RoleAndStatus" },
        { false, "created", "IX_Users_CreatedAt" },
        { true, "email", "IX_DeletedUsers_Email" },
        { true, "role", "IX_DeletedUsers_Role" },
        { true, "status", "IX_DeletedUsers_Status" },
        { true, "role and status", "IX_DeletedUsers_RoleAndStatus" },
        { true, "created", "IX_DeletedUsers_CreatedAt" },
    };

    public static UserFilter Filter(string filter) => filter switch
    {
        "email" => new(EmailKey: "a@b"),
        "role" => new(Role: UserRole.Admin),
        "status" => new(Status: UserStatus.Inactive),
        "role and status" => new(Role: UserRole.Admin, Status: UserStatus.Active),
        _ => new(CreatedFrom: Sample.Now, CreatedBefore: Sample.Now.AddDays(1)),
    };

    [Theory]
    [MemberData(nameof(ListingUsers.Orders), MemberType = typeof(ListingUsers))]
    public async Task Each_sort_is_an_index_scan_that_starts_at_the_page(bool deleted, UserSortKey key, bool descending)
    {
        await using var db = await OpenAsync();
        foreach (var after in (UserPosition?[])[null, new UserPosition(5, "m", Sample.Now)])
        {
            var plan = await PlanAsync(db, new UserQuery(deleted, new UserFilter(), new UserSort(key, descending), 51, after));
            if (!deleted && key == UserSortKey.Id && after is null) continue; // the table itself, in its own order
            Assert.DoesNotContain(plan, IsScanOfATable);
            var index = (deleted, key) switch
            {
                (false, UserSortKey.Id) => "INTEGER PRIMARY KEY",
                (false, UserSortKey.Email) => "IX_Users_EmailKey",
                (true, _) => $"IX_DeletedUsers_{key}",
                (false, _) => $"IX_Users_{key}",
            };
            var seeks = plan.Where(line => line.Contains(index, StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(seeks);
            Assert.DoesNotContain(plan, line => line.Contains("TEMP B-TREE", StringComparison.Ordinal));
            if (after is null) continue;
            Assert.All(seeks, seek => Assert.StartsWith("SEARCH", seek, StringComparison.Ordinal));
            // by key and id: by the key alone, a page would scan all users that share it. Addresses are unique.
            var byKeyAndId = "IdInOrders)" + (descending ? "<(?,?)" : ">(?,?)");
            var condition = index is "IX_Users_EmailKey" or "INTEGER PRIMARY KEY" or "IX_DeletedUsers_Id" ? "" : byKeyAndId;
            Assert.All(seeks, seek => Assert.Contains(condition, seek, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Each_filter_is_an_index_seek(bool deleted, string filter, string index)
    {
        await using var db = await OpenAsync();
        var plan = await PlanAsync(db, new UserQuery(
            deleted,
            Filter(filter),
            new UserSort(filter == "created" ? UserSortKey.CreatedAt : UserSortKey.Id, false),
            51,
            null));
        Assert.Contains(plan, line => line.StartsWith("SEARCH", StringComparison.Ordinal) && line.Contains(index, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_for_a_rare_word_reads_only_users_with_the_word()
    {
        await using var db = await OpenAsync();
        var plan = await PlanAsync(db, new(false, new(Words: ["rare", "user"]), new(UserSortKey.Name, false), 51, null), rarest: "rare");
        Assert.DoesNotContain(plan, IsScanOfATable);
        Assert.Contains(plan, line => line.Contains("SEARCH UserWords USING PRIMARY KEY (Word>? AND Word<?)", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("INTEGER PRIMARY KEY (rowid=?)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_for_a_common_word_scans_the_sort_index_and_checks_each_user()
    {
        await using var db = await OpenAsync();
        var plan = await PlanAsync(db, new(false, new(Words: ["user"]), new(UserSortKey.Name, false), 51, null));
        Assert.Equal(["SCAN Users USING INDEX IX_Users_Name"], plan);
        // the same with a limit for what is scanned: the outer scan takes each row from the inner one, and does not sort them again
        var limited = await PlanAsync(db, new(false, new(Words: ["user"]), new(UserSortKey.Name, false), 51, null), reach: 100);
        Assert.Equal(["CO-ROUTINE Users", "SCAN Users USING INDEX IX_Users_Name", "SCAN Users"], limited);
    }

    [Fact]
    public async Task Api_key_is_sought_in_the_indexes_of_both_digests()
    {
        await using var db = await OpenAsync();
        var recorder = new TextRecorder();
        await using var recorded = new SqliteUsersDbContext(
            new DbContextOptionsBuilder<SqliteUsersDbContext>().UseSqlite(db.Database.GetConnectionString()).AddInterceptors(recorder).Options);
        await new ApiKeyRepository(recorded).GetByDigestAsync("D", Ct);
        await using var connection = new SqliteConnection(db.Database.GetConnectionString());
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // EF Core's own text
        command.CommandText = $"EXPLAIN QUERY PLAN {recorder.Text}";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("@digest", "D");
        var plan = new List<string>();
        await using var rows = await command.ExecuteReaderAsync(Ct);
        while (await rows.ReadAsync(Ct)) plan.Add(rows.GetString(3));
        Assert.Contains(plan, line => line.Contains("USING INDEX IX_ApiKeys_Digest (Digest=?)", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("USING INDEX IX_ApiKeys_PreviousDigest (PreviousDigest=?)", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.StartsWith("SCAN", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsScanOfATable(string line) => line == "SCAN Users";

    private static async Task<List<string>> PlanAsync(UsersDbContext db, UserQuery query, string? rarest = null, int? reach = null)
    {
        using var connections = new SqliteReadConnections(db.Database.GetConnectionString()!);
        using var rarestWord = new RarestWord();
        await using var services = new ServiceCollection()
            .AddSingleton(new UserStatements(db, new(db.Model), connections, rarestWord, new CompiledUserQueries()))
            .AddSingleton<IPreparedConnections>(connections)
            .BuildServiceProvider();
        return await services.ExplainAsync(query, "EXPLAIN QUERY PLAN", column: 3, Ct, rarest, reach);
    }

    private async Task<UsersDbContext> OpenAsync()
    {
        var db = new SqliteUsersDbContext(new DbContextOptionsBuilder<SqliteUsersDbContext>()
            .UseSqlite($"Data Source={Path.Combine(_folder, "plans.db")}")
            .ReplaceService<IMigrationsSqlGenerator, SqliteMigrationsGenerator>().Options);
        await db.MigrateAsync(Ct);
        return db;
    }

    private sealed class TextRecorder : DbCommandInterceptor
    {
        public string Text { get; private set; } = "";

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Text = command.CommandText;
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }
    }
}
