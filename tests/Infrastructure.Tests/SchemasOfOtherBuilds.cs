using CleanUsers.Application.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Databases that hold what this build did not make. Each test has a database of its own, which is empty at first.</summary>
public abstract class SchemasOfOtherBuilds(MigratingOnStartup.Empty store) : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => store.InitializeAsync();

    [Theory]
    [InlineData("""UPDATE "__EFMigrationsHistory" SET "MigrationId" = '20260101000000_Initial' WHERE "MigrationId" LIKE '%Initial'""")]
    [InlineData("""DELETE FROM "__EFMigrationsHistory" """)]
    [InlineData("""DROP TABLE "__EFMigrationsHistory" """)]
    public async Task Schema_that_this_build_did_not_make_is_incompatible_and_is_not_migrated(string change)
    {
        store.Present();
        await MigrateAsync();
        await store.Database.ExecuteAsync(change);
        Assert.Equal(DatabaseState.IncompatibleSchema, await CheckAsync());
        await Assert.ThrowsAsync<IncompatibleSchemaException>(MigrateAsync);
        Assert.Equal(DatabaseState.IncompatibleSchema, await CheckAsync());
    }

    [Fact]
    public async Task Schema_with_later_migrations_is_ready_so_that_replicas_serve_during_an_upgrade()
    {
        store.Present();
        await MigrateAsync();
        await store.Database.ExecuteAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('29990101000000_Later', '99.0.0')""");
        Assert.Equal(DatabaseState.Ready, await CheckAsync());
        await MigrateAsync();
    }

    [Fact]
    public async Task Tables_of_another_program_may_be_in_the_database()
    {
        store.Present();
        await store.Database.ExecuteAsync("""CREATE TABLE "Orders" ("Id" INTEGER)""");
        Assert.Equal(DatabaseState.SchemaBehind, await CheckAsync());
        await MigrateAsync();
        Assert.Equal(DatabaseState.Ready, await CheckAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<DatabaseState> CheckAsync() => store.InScopeAsync(scope => scope.GetRequiredService<IDatabase>().CheckAsync(Ct));

    private Task MigrateAsync() => store.InScopeAsync(async scope =>
    {
        await scope.GetRequiredService<IDatabase>().MigrateAsync(Ct);
        return true;
    });
}

public sealed class SchemasOfOtherBuildsOnSqlite() : SchemasOfOtherBuilds(new MigratingOnStartup.EmptySqlite());

public sealed class SchemasOfOtherBuildsOnSqlServer() : SchemasOfOtherBuilds(new MigratingOnStartup.EmptySqlServer());

public sealed class SchemasOfOtherBuildsOnPostgreSql() : SchemasOfOtherBuilds(new MigratingOnStartup.EmptyPostgreSql());
