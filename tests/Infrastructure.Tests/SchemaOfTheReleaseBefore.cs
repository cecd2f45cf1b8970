using System.Text.RegularExpressions;
using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>The script of the schema of the last release, in <c>tests/Releases</c>. Migrations are only added to it.</summary>
public abstract class SchemaOfTheReleaseBefore(MigratingOnStartup.Empty store) : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => store.InitializeAsync();

    [Fact]
    public async Task Migrations_of_the_release_are_as_they_were()
    {
        store.Present();
        var script = await ReadAsync();
        var last = Regex.Matches(script, "(?<=VALUES \\(N?')[0-9]{14}_[A-Za-z]+", RegexOptions.None, TimeSpan.FromSeconds(30))[^1].Value;
        var now = await store.InScopeAsync(scope => Task.FromResult(
            scope.GetRequiredService<UsersDbContext>().GetService<IMigrator>().GenerateScript(toMigration: last)));
        Assert.Equal(script.Trim(), now.ReplaceLineEndings("\n").Trim());
    }

    /// <summary>The time of the creation, as the database stores it.</summary>
    protected virtual string Time => "'2026-01-01 00:00:00+00:00'";

    [Fact]
    public async Task Database_of_the_release_is_migrated_and_keeps_its_users()
    {
        store.Present();
        foreach (var batch in (await ReadAsync()).Split("\nGO\n")) await store.Database.ExecuteAsync(batch);
        await store.Database.ExecuteAsync(
            $"""
            INSERT INTO "Users" ("Id", "Email", "EmailKey", "SortName", "SearchText", "Role", "Status", "Version",
                "CreatedAt", "CreatedBy", "UpdatedAt", "UpdatedBy")
            VALUES (7, 'ann@example.org', 'ann@example.org', '', ' ann', 0, 0, 3, {Time}, 'a', {Time}, 'a')
            """);
        await store.InScopeAsync(async scope =>
        {
            await scope.GetRequiredService<IDatabase>().MigrateAsync(Ct);
            return true;
        });
        var user = await store.InScopeAsync(scope => scope.GetRequiredService<IUserRepository>().FindToChangeAsync(7, Ct));
        Assert.Equal(("ann@example.org", 3), (user!.Email, user.Version));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task<string> ReadAsync()
    {
        var releases = new DirectoryInfo(Repository.PathOf("tests", "Releases")).GetDirectories();
        var last = releases.MaxBy(release => Version.Parse(release.Name))!;
        return (await File.ReadAllTextAsync(Path.Combine(last.FullName, $"{store.Database.Provider}.sql"), Ct)).ReplaceLineEndings("\n");
    }
}

public sealed class SchemaOfTheReleaseBeforeOnSqlite() : SchemaOfTheReleaseBefore(new MigratingOnStartup.EmptySqlite())
{
    protected override string Time => "1700000000000"; // milliseconds since 1970
}

public sealed class SchemaOfTheReleaseBeforeOnSqlServer() : SchemaOfTheReleaseBefore(new MigratingOnStartup.EmptySqlServer());

public sealed class SchemaOfTheReleaseBeforeOnPostgreSql() : SchemaOfTheReleaseBefore(new MigratingOnStartup.EmptyPostgreSql());
