using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.PostgreSql;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>What an interceptor of EF Core does not see: statements that are not EF Core's.</summary>
internal static class PreparedStatements
{
    /// <summary>The database's plan of the statement that reads a page.</summary>
    /// <param name="explain">The command that returns a plan.</param>
    /// <param name="column">Which column of the plan has the text.</param>
    /// <param name="rarest">The rare word of a search; null if all are common.</param>
    /// <param name="reach">How many users are read in the order of the query; null for all.</param>
    public static async Task<List<string>> ExplainAsync(
        this IServiceProvider services, UserQuery query, string explain, int column, CancellationToken ct, string? rarest = null,
        int? reach = null)
    {
        var (statement, values) = services.GetRequiredService<UserStatements>().Page(query, rarest, reach);
        await using var connection = await services.GetRequiredService<IPreparedConnections>().OpenAsync(ct);
        var explained = statement with { Text = $"{explain} {statement.Text}" };
        var command = connection.Command(explained);
        explained.SetValues(command, values);
        var plan = new List<string>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) plan.Add(rows.GetString(column));
        connection.Complete();
        return plan;
    }
}

/// <summary>The connections that stay open between reads.</summary>
public sealed class ReadConnections
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_notice_that_the_file_of_SQLite_was_deleted_or_replaced()
    {
        await using var store = new SqliteStore();
        await store.InitializeAsync();
        var file = store.Database.ConnectionString["Data Source=".Length..];
        var id = await store.AddAsync(Sample.User(name: "Before"), Ct);
        Assert.Equal(("Before", "Before"), (await NameAsync(), await NameByEntityFrameworkAsync()));

        await ExecuteAsync(file, $"VACUUM INTO '{file}.copy'");
        await ExecuteAsync($"{file}.copy", "UPDATE \"Users\" SET \"Name\" = 'After'");
        foreach (var part in (string[])["", "-wal", "-shm"]) File.Move(file + part, $"{file}.old{part}");
        await Assert.ThrowsAsync<SqliteException>(NameAsync);
        File.Move($"{file}.copy", file);
        Assert.Equal("After", await NameAsync());
        Assert.Equal("After", await NameByEntityFrameworkAsync());

        Task<string?> NameAsync() =>
            store.InScopeAsync(async scope => (await scope.GetRequiredService<IUserReader>().GetAsync(id, Ct))!.Name);

        Task<string?> NameByEntityFrameworkAsync() => store.InScopeAsync(scope =>
            scope.GetRequiredService<UsersDbContext>().Users.Where(user => user.Id == id).Select(user => user.Name).SingleAsync(Ct));

        static async Task ExecuteAsync(string file, string statement)
        {
            await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
            await connection.OpenAsync(Ct);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own
            command.CommandText = statement;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    /// <summary>The driver does not reset them (<c>No Reset On Close</c>), but ends their transactions.</summary>
    [Fact]
    public async Task Connection_of_PostgreSQL_is_handed_on_without_the_transaction_that_was_left_open()
    {
        await using var store = new PostgreSqlStore();
        await store.InitializeAsync();
        store.Present();
        var id = await store.AddAsync(Sample.User(), Ct);
        await store.InScopeAsync(async scope =>
        {
            var servers = scope.GetRequiredService<PostgreSqlServers>();
            var first = await ChangeAsync();
            Assert.Equal(first, await ChangeAsync()); // one session
            Assert.Equal(36, (await scope.GetRequiredService<IUserReader>().GetAsync(id, Ct))!.Age);
            return 0;

            async Task<int> ChangeAsync()
            {
                await using var connection = await servers.Primary.OpenConnectionAsync(Ct);
                await connection.BeginTransactionAsync(Ct);
                await using var change = connection.CreateCommand();
                change.CommandText = "UPDATE \"Users\" SET \"Age\" = 9";
                await change.ExecuteNonQueryAsync(Ct);
                return connection.ProcessID;
            }
        });
    }

    [Fact]
    public async Task Read_whose_connection_is_lost_is_retried()
    {
        await using var store = new PostgreSqlStore();
        await store.InitializeAsync();
        store.Present();
        var id = await store.AddAsync(Sample.User(), Ct);
        await store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserReader>();
            Assert.NotNull(await users.GetAsync(id, Ct)); // leaves a connection in the pool
            await using (var other = new NpgsqlConnection($"{store.Database.ConnectionString};Pooling=false"))
            {
                await other.OpenAsync(Ct);
                await using var terminate = other.CreateCommand();
                terminate.CommandText =
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
                Assert.NotEqual(0L, await terminate.ExecuteScalarAsync(Ct));
            }

            Assert.NotNull(await users.GetAsync(id, Ct));
            return 0;
        });
    }
}
