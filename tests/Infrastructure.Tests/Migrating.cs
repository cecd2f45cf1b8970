using CleanUsers.Application.Ports;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>An empty database, on which several services start.</summary>
public abstract class Migrating(Migrating.Empty store)
{
    private readonly Empty _store = (Empty)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_that_start_at_once_make_one_schema_and_each_finds_it()
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

public sealed class MigratingOnSqlite(Migrating.EmptySqlite store) : Migrating(store), IClassFixture<Migrating.EmptySqlite>;

public sealed class MigratingOnSqlServer(Migrating.EmptySqlServer store) : Migrating(store), IClassFixture<Migrating.EmptySqlServer>;

public sealed class MigratingOnPostgreSql(Migrating.EmptyPostgreSql store) : Migrating(store), IClassFixture<Migrating.EmptyPostgreSql>;
