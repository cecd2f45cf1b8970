using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>
/// PostgreSQL's plans (EXPLAIN) for the statements of the lists, with a few thousand users.
/// </summary>
public sealed class PostgreSqlQueryPlans(PostgreSqlQueryPlans.Explained store) : IClassFixture<PostgreSqlQueryPlans.Explained>
{
    private readonly Explained _store = (Explained)store.Present();

    [Theory]
    [MemberData(nameof(ListingUsers.Orders), MemberType = typeof(ListingUsers))]
    public async Task Each_sort_is_an_index_scan_that_starts_at_the_page(bool deleted, UserSortKey key, bool descending)
    {
        var index = (deleted, key) switch
        {
            (false, UserSortKey.Id) => "PK_Users",
            (false, UserSortKey.Email) => "IX_Users_EmailKey",
            (true, _) => $"IX_DeletedUsers_{key}",
            (false, _) => $"IX_Users_{key}",
        };
        foreach (var after in (UserPosition?[])[null, new(5, "8", Sample.Now)])
        {
            var plan = await PlanAsync(new(deleted, new(), new(key, descending), 51, after));
            Assert.Contains(plan, line => line.Contains($"Index Scan {(descending ? "Backward " : "")}using \"{index}\"", StringComparison.Ordinal));
            // by address there is an incremental one, of one row at a time: PostgreSQL does not use that addresses are unique
            Assert.DoesNotContain(plan, line => line.TrimStart(' ', '-', '>').StartsWith("Sort  (", StringComparison.Ordinal));
            Assert.True(
                after is null || plan.Any(line => line.Contains("Index Cond", StringComparison.Ordinal)), "The page is not sought in the index.");
        }
    }

    [Theory]
    [MemberData(nameof(SqliteQueryPlans.Filters), MemberType = typeof(SqliteQueryPlans))]
    public async Task Each_filter_is_an_index_seek(bool deleted, string filter, string index)
    {
        var plan = await PlanAsync(new(
            deleted, SqliteQueryPlans.Filter(filter), new(filter == "created" ? UserSortKey.CreatedAt : UserSortKey.Id, false), 51, null));
        Assert.Contains(plan, line => line.Contains($"\"{index}\"", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("Index Cond", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_for_a_rare_word_reads_the_word_index()
    {
        var plan = await PlanAsync(new(false, new(Words: ["rare", "user"]), new(UserSortKey.Name, false), 51, null), rarest: "rare");
        Assert.Contains(plan, line => line.Contains("\"PK_UserWords\"", StringComparison.Ordinal));
        Assert.Contains(plan, line => line.Contains("\"PK_Users\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_for_a_rare_word_that_statistics_take_for_common_looks_its_users_up()
    {
        var plan = await PlanAsync(new(false, new(Words: ["ada"]), new(UserSortKey.Id, false), 51, null), rarest: "ada");
        Assert.Contains(plan, line => line.Contains("Index Cond: (\"Id\" = ANY", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Join", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_for_a_common_word_scans_the_sort_index_and_checks_each_user()
    {
        foreach (var reach in (int?[])[null, 100])
        {
            var plan = await PlanAsync(new(false, new(Words: ["ada"]), new(UserSortKey.Name, false), 51, null), reach: reach);
            Assert.Contains(plan, line => line.Contains("Index Scan using \"IX_Users_Name\"", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, line => line.TrimStart(' ', '-', '>').StartsWith("Sort  (", StringComparison.Ordinal));
        }
    }

    private Task<List<string>> PlanAsync(UserQuery query, string? rarest = null, int? reach = null) =>
        _store.InScopeAsync(scope => scope.ExplainAsync(
            query, "EXPLAIN", column: 0, TestContext.Current.CancellationToken, rarest, reach));

    public sealed class Explained() : Store(new PostgreSqlTestDatabase())
    {
        protected override async Task FillAsync() => await InScopeAsync(async scope =>
        {
            var db = scope.GetRequiredService<UsersDbContext>();
            var users = new List<User>();
            for (var i = 0; i < 3000; i++)
            {
                var user = Sample.User(
                    $"{Guid.NewGuid():N}@example.org", $"Ada {i}", Sample.Now.AddMinutes(i), i % 50 == 0 ? UserRole.Admin : UserRole.User);
                if (i % 2 == 0) user.Delete(Sample.Now.AddMinutes(i), "eve");
                users.Add(user);
            }

            await scope.GetRequiredService<IUserBulkWriter>().AddAsync(users, default);
            return await db.Database.ExecuteSqlAsync($"VACUUM ANALYZE");
        });
    }
}
