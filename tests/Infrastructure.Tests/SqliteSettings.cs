using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public sealed class SqliteSettings(SqliteStore store) : IClassFixture<SqliteStore>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SQLite_writes_are_durable_and_foreign_keys_are_enforced() => await store.InScopeAsync(async scope =>
    {
        var db = scope.GetRequiredService<UsersDbContext>().Database;
        Assert.Equal("wal", await PragmaAsync(db, "journal_mode"));
        Assert.Equal("2", await PragmaAsync(db, "synchronous")); // FULL
        Assert.Equal("1", await PragmaAsync(db, "foreign_keys"));
        Assert.Equal("5000", await PragmaAsync(db, "busy_timeout"));
        return 0;
    });

    [Fact]
    public async Task A_search_word_is_written_to_the_tree_of_its_key_and_to_one_index() => await store.InScopeAsync(async scope =>
    {
        var db = scope.GetRequiredService<UsersDbContext>().Database;
        var words = await db.SqlQuery<string>($"SELECT \"sql\" AS \"Value\" FROM \"sqlite_master\" WHERE \"name\" = 'UserWords'").SingleAsync(Ct);
        Assert.EndsWith("WITHOUT ROWID", words, StringComparison.Ordinal);
        var users = await db.SqlQuery<string>($"SELECT \"sql\" AS \"Value\" FROM \"sqlite_master\" WHERE \"name\" = 'Users'").SingleAsync(Ct);
        Assert.Contains("AUTOINCREMENT", users, StringComparison.Ordinal);
        return 0;
    });

    [Fact]
    public async Task Lock_of_an_aborted_migration_does_not_block_the_next_start() => await store.InScopeAsync(async scope =>
    {
        var db = scope.GetRequiredService<UsersDbContext>().Database;
        await db.ExecuteSqlAsync($"INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01')", Ct);
        await scope.GetRequiredService<IDatabase>().MigrateAsync(Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);
        Assert.Equal(DatabaseState.Ready, await scope.GetRequiredService<IDatabase>().CheckAsync(Ct));
        return 0;
    });

    private static async Task<string> PragmaAsync(Microsoft.EntityFrameworkCore.Infrastructure.DatabaseFacade db, string name)
    {
        await db.OpenConnectionAsync(Ct);
        await using var command = db.GetDbConnection().CreateCommand();
        command.CommandText = name switch
        {
            "journal_mode" => "PRAGMA journal_mode",
            "synchronous" => "PRAGMA synchronous",
            "foreign_keys" => "PRAGMA foreign_keys",
            _ => "PRAGMA busy_timeout",
        };
        var value = Convert.ToString(await command.ExecuteScalarAsync(Ct), null)!;
        await db.CloseConnectionAsync(); // so that the next call takes a connection from the pool
        return value;
    }
}
