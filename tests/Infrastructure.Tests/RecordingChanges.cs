using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Each write of a user leaves one record of the change, in its own transaction, whichever way it goes to the database.</summary>
public abstract class RecordingChanges(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_leaves_the_state_after_it()
    {
        var user = Sample.User("Ünï@Bücher.example", "Ünï 👩‍🚀");
        var expected = new List<UserChange>();
        var id = await _store.AddAsync(user, Ct);
        expected.Add(UserChange.Of(user));
        Action<User>[] changes =
        [
            it => it.Replace(it.Details with { Age = null }, Sample.Now.AddSeconds(1), "no words change"),
            it => it.Replace(it.Details with { Name = Sample.Name("Zoe"), Role = UserRole.Admin }, Sample.Now.AddSeconds(2), "words change"),
            it => it.Delete(Sample.Now.AddSeconds(3), "bob"),
            it => it.Restore(Sample.Now.AddSeconds(4), "carol", Sample.Email("zoe@example.org")),
        ];
        foreach (var change in changes)
        {
            Assert.Equal(UpdateOutcome.Saved, await _store.ChangeAsync(
                id,
                it =>
                {
                    change(it);
                    expected.Add(UserChange.Of(it));
                },
                Ct));
        }

        expected.Reverse();
        Assert.Equivalent(expected, await ListAsync(id), strict: true);
        Assert.Equal(
            [UserChangeKind.Restored, UserChangeKind.Deleted, UserChangeKind.Updated, UserChangeKind.Updated, UserChangeKind.Created],
            expected.Select(change => change.Kind));
    }

    [Fact]
    public async Task Changes_are_listed_newest_first_before_a_version()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        for (var age = 1; age <= 3; age++) await _store.ChangeAsync(id, user => user.Replace(user.Details with { Age = age }, Sample.Now, "eve"), Ct);
        Assert.Equal([4, 3], (await ListAsync(id, limit: 2)).Select(change => change.Version));
        Assert.Equal([2, 1], (await ListAsync(id, before: 3)).Select(change => change.Version));
        Assert.Empty(await ListAsync(id, before: 1));
    }

    [Fact]
    public async Task Users_added_in_bulk_have_the_record_of_their_creation_and_rejected_ones_none()
    {
        var taken = await _store.AddAsync(Sample.User("taken@example.org"), Ct);
        User[] users =
        [
            Sample.User("bulk1@example.org", "Ada"),
            Sample.User("taken@example.org"),
            User.Import(Sample.User("bulk2@example.org").Details, new(Sample.Now.AddYears(-1), "bob", Sample.Now, "cli:cárol", 7)),
        ];
        await _store.InScopeAsync(scope => scope.GetRequiredService<IUserBulkWriter>().AddAsync(users, Ct));
        foreach (var added in (User[])[users[0], users[2]])
        {
            var stored = Assert.Single(await _store.InScopeAsync(
                scope => scope.GetRequiredService<IUserReader>().GetByEmailAsync([added.EmailKey], Ct)));
            var change = Assert.Single(await ListAsync(stored.Id));
            Assert.Equal(stored.Id, change.UserId);
            Assert.EquivalentWithExclusions(UserChange.Of(added), change, strict: true, nameof(change.UserId)); // those added in bulk get no ids
        }

        Assert.Single(await ListAsync(taken));
    }

    [Fact]
    public async Task Rejected_change_leaves_no_record()
    {
        await _store.AddAsync(Sample.User("owner@example.org"), Ct);
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var mine = (await users.FindToChangeAsync(id, Ct))!;
            await _store.ChangeAsync(id, user => user.Replace(user.Details with { Age = 1 }, Sample.Now, "bob"), Ct);
            mine.Replace(mine.Details with { Name = Sample.Name("Zoe") }, Sample.Now, "eve");
            Assert.Equal(UpdateOutcome.Conflict, await users.UpdateAsync(Ct));
            return 0;
        });
        Assert.Equal(["bob", "eve"], (await ListAsync(id)).Select(change => change.UpdatedBy));

        Assert.Equal(UpdateOutcome.EmailTaken, await _store.ChangeAsync(
            id, user => user.Replace(user.Details with { Email = Sample.Email("owner@example.org") }, Sample.Now, "eve"), Ct));
        Assert.Equal(2, (await ListAsync(id)).Count);
        var count = await CountAsync();
        Assert.Equal(AddOutcome.EmailTaken, await _store.InScopeAsync(
            scope => scope.GetRequiredService<IUserRepository>().AddAsync(Sample.User("owner@example.org"), Ct)));
        Assert.Equal(count, await CountAsync());
    }

    [Fact]
    public async Task Purge_erases_the_states()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        Assert.Equal(2, (await ListAsync(id)).Count);
        Assert.True(await _store.PurgeAsync(id, Ct));
        Assert.All(await ListAsync(id), change => Assert.Null(change.Email));
    }

    [Fact]
    public async Task Concurrent_changes_leave_a_record_of_each_version()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 20).Select(age => _store.ChangeAsync(
            id, user => user.Replace(user.Details with { Age = age }, Sample.Now, "eve"), Ct)));
        var saved = outcomes.Count(outcome => outcome == UpdateOutcome.Saved);
        Assert.Equal(Enumerable.Range(1, 1 + saved).Reverse(), (await ListAsync(id)).Select(change => (int)change.Version));
    }

    private Task<IReadOnlyList<UserChange>> ListAsync(long id, long? before = null, int limit = 100) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IHistoryReader>().ListAsync(id, before, limit, Ct));

    private Task<int> CountAsync() => _store.InScopeAsync(scope => scope.GetRequiredService<UsersDbContext>().Changes.CountAsync(Ct));
}

public sealed class RecordingChangesOnSqlite(SqliteStore store) : RecordingChanges(store), IClassFixture<SqliteStore>;

public sealed class RecordingChangesOnSqlServer(SqlServerStore store) : RecordingChanges(store), IClassFixture<SqlServerStore>;

public sealed class RecordingChangesOnPostgreSql(PostgreSqlStore store) : RecordingChanges(store), IClassFixture<PostgreSqlStore>;
