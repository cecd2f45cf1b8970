using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class SnapshotReads(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Snapshot_does_not_show_concurrent_writes()
    {
        var ids = new List<long>();
        for (var i = 0; i < 500; i++) ids.Add(await _store.AddAsync(Sample.User($"snap{i}@example.org", "Before"), Ct));
        var read = await ReadAsync(new(Words: ["snap"]), async () =>
        {
            await _store.AddAsync(Sample.User("snapnew@example.org"), Ct);
            await _store.ChangeAsync(ids[^1], user => user.Replace(user.Details with { Name = Sample.Name("After") }, Sample.Now, "eve"), Ct);
            await _store.ChangeAsync(ids[^2], user => user.Delete(Sample.Now, "eve"), Ct);
        });
        Assert.Equal(ids, read.Select(user => user.Id));
        Assert.All(read, user => Assert.Equal(("Before", 1L), (user.Name, user.Version)));

        // the next snapshot shows the changes
        Assert.Equal(["After", null], (await ReadAsync(new(Words: ["snap"]), () => Task.CompletedTask)).TakeLast(2).Select(user => user.Name));
    }

    [Fact]
    public async Task Export_has_the_filters_of_a_list()
    {
        var user = Sample.User("filtered@example.org", "Zoe Filter", Sample.Now.AddDays(-100), UserRole.Admin);
        await _store.AddAsync(user, Ct);
        var filter = new UserFilter(
            user.EmailKey, UserStatus.Active, UserRole.Admin, Sample.Now.AddDays(-101), Sample.Now.AddDays(-99), ["zo", "filt"]);
        Assert.Equal(user.EmailKey, Assert.Single(await ReadAsync(filter, () => Task.CompletedTask)).EmailKey);
        Assert.Empty(await ReadAsync(filter with { Role = UserRole.User }, () => Task.CompletedTask));
    }

    /// <summary>Reads all users, and executes an action after the first one.</summary>
    private Task<List<User>> ReadAsync(UserFilter filter, Func<Task> meanwhile) => _store.InScopeAsync(async scope =>
    {
        var users = new List<User>();
        await foreach (var user in scope.GetRequiredService<IUserReader>().GetSnapshotAsync(filter, Ct))
        {
            users.Add(user);
            if (users.Count == 1) await meanwhile();
        }

        return users;
    });
}

public sealed class SnapshotReadsOnSqlite(SqliteStore store) : SnapshotReads(store), IClassFixture<SqliteStore>;

public sealed class SnapshotReadsOnSqlServer(SqlServerStore store) : SnapshotReads(store), IClassFixture<SqlServerStore>;

public sealed class SnapshotReadsOnPostgreSql(PostgreSqlStore store) : SnapshotReads(store), IClassFixture<PostgreSqlStore>;
