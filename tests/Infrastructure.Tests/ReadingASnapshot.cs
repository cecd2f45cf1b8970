using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class ReadingASnapshot(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_written_while_it_is_read_does_not_show()
    {
        var ids = new List<long>();
        for (var i = 0; i < 500; i++) ids.Add(await _store.AddAsync(Sample.User($"snap{i}@example.org", "Before"), Ct));
        var read = await ReadAsync(new(Words: ["snap"]), async () =>
        {
            await _store.AddAsync(Sample.User("snapnew@example.org"), Ct);
            await _store.ChangeAsync(ids[^1], user => user.Apply(new UserPatch(Name: Sample.Name("After")), Sample.Now, "eve"), Ct);
            await _store.ChangeAsync(ids[^2], user => user.Delete(Sample.Now, "eve"), Ct);
        });
        Assert.Equal(ids, read.Select(user => user.Id));
        Assert.All(read, user => Assert.Equal(("Before", 1L), (user.Name, user.Version)));

        // and the next one shows it
        Assert.Equal(["After", null], (await ReadAsync(new(Words: ["snap"]), () => Task.CompletedTask)).TakeLast(2).Select(user => user.Name));
    }

    [Fact]
    public async Task The_filters_are_those_of_a_list()
    {
        var user = Sample.User("filtered@example.org", "Zoe Filter", Sample.Now.AddDays(-100), UserRole.Admin);
        await _store.AddAsync(user, Ct);
        var filter = new UserFilter(user.EmailKey, UserStatus.Active, UserRole.Admin, Sample.Now.AddDays(-101), Sample.Now.AddDays(-99), ["zo", "filt"]);
        Assert.Equal(user.EmailKey, Assert.Single(await ReadAsync(filter, () => Task.CompletedTask)).EmailKey);
        Assert.Empty(await ReadAsync(filter with { Role = UserRole.User }, () => Task.CompletedTask));
    }

    /// <summary>Reads all, and does something once the first is read.</summary>
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

public sealed class ReadingASnapshotOnSqlite(SqliteStore store) : ReadingASnapshot(store), IClassFixture<SqliteStore>;

public sealed class ReadingASnapshotOnSqlServer(SqlServerStore store) : ReadingASnapshot(store), IClassFixture<SqlServerStore>;

public sealed class ReadingASnapshotOnPostgreSql(PostgreSqlStore store) : ReadingASnapshot(store), IClassFixture<PostgreSqlStore>;
