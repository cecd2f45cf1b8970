using CleanUsers.Application.Ports;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>An empty database, on which several services start.</summary>
public abstract class MigratingOnStartup(MigratingOnStartup.Empty store)
{
    private readonly Empty _store = (Empty)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public virtual async Task Three_services_that_start_at_once_create_one_schema()
    {
        var replicas = Enumerable.Range(0, 3).Select(_ => _store.Services().BuildServiceProvider()).ToList();
        Assert.NotEqual(DatabaseState.Ready, await StateAsync(replicas[0]));
        await Task.WhenAll(replicas.Select(replica => Task.Run(replica.MigrateOnStartupAsync, Ct)));
        foreach (var replica in replicas)
        {
            Assert.Equal(DatabaseState.Ready, await StateAsync(replica));
            await replica.DisposeAsync();
        }
    }

    private static async Task<DatabaseState> StateAsync(ServiceProvider replica)
    {
        await using var scope = replica.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IDatabase>().CheckAsync(Ct);
    }

    public abstract class Empty(TestDatabase database) : Store(database)
    {
        protected override bool Migrates => false;
    }

    public sealed class EmptySqlite() : Empty(new SqliteTestDatabase());

    public sealed class EmptySqlServer() : Empty(new SqlServerTestDatabase());

    public sealed class EmptyPostgreSql() : Empty(new PostgreSqlTestDatabase());
}

public sealed class MigratingOnStartupOnSqlite(MigratingOnStartup.EmptySqlite store)
    : MigratingOnStartup(store), IClassFixture<MigratingOnStartup.EmptySqlite>;

public sealed class MigratingOnStartupOnSqlServer(MigratingOnStartup.EmptySqlServer store)
    : MigratingOnStartup(store), IClassFixture<MigratingOnStartup.EmptySqlServer>;

public sealed class MigratingOnStartupOnPostgreSql(MigratingOnStartup.EmptyPostgreSql store)
    : MigratingOnStartup(store), IClassFixture<MigratingOnStartup.EmptyPostgreSql>;

/// <summary>A server that has no such database yet.</summary>
public sealed class MigratingWithoutADatabase(MigratingOnStartup.EmptyPostgreSql store)
    : MigratingOnStartup(store), IClassFixture<MigratingOnStartup.EmptyPostgreSql>
{
    private readonly MigratingOnStartup.EmptyPostgreSql _store = store;

    public override async Task Three_services_that_start_at_once_create_one_schema()
    {
        for (var round = 0; round < 4; round++)
        {
            await DropAsync();
            await base.Three_services_that_start_at_once_create_one_schema();
        }
    }

    private async Task DropAsync()
    {
        NpgsqlConnection.ClearAllPools();
        var server = new NpgsqlConnectionStringBuilder(_store.Database.ConnectionString) { Pooling = false };
        var name = server.Database;
        server.Database = "postgres";
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var drop = source.CreateCommand($"DROP DATABASE \"{name}\" WITH (FORCE)");
        await drop.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
