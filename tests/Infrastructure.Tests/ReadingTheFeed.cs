using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>All changes of all users have positions from 1 without gaps, in an order in which none comes before the one that it follows.</summary>
public abstract class ReadingTheFeed(Store store)
{
    protected Store Store { get; } = store.Present();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_of_each_way_to_write_is_in_the_feed_once_in_the_order_of_commits()
    {
        var before = await EndAsync();
        var ada = await Store.AddAsync(Sample.User("ada.feed@example.org"), Ct);
        await Store.InScopeAsync(scope => scope.GetRequiredService<IUserBulkWriter>().AddAsync(
            [Sample.User("bulk1.feed@example.org"), Sample.User("bulk1.feed@example.org"), Sample.User("bulk2.feed@example.org")], Ct));
        await Store.ChangeAsync(ada, user => user.Replace(user.Details with { Name = Sample.Name("Zoe") }, Sample.Now, "eve"), Ct);
        await Store.ChangeAsync(ada, user => user.Replace(user.Details with { Age = 7 }, Sample.Now, "eve"), Ct);
        await Store.ChangeAsync(ada, user => user.Delete(Sample.Now, "eve"), Ct);
        await Store.ChangeAsync(ada, user => user.Restore(Sample.Now, "eve"), Ct);

        var changes = await ReadAsync(before + 1);
        Assert.Equal(
            [
                ("ada.feed@example.org", UserChangeKind.Created), ("bulk1.feed@example.org", UserChangeKind.Created),
                ("bulk2.feed@example.org", UserChangeKind.Created), ("ada.feed@example.org", UserChangeKind.Updated),
                ("ada.feed@example.org", UserChangeKind.Updated), ("ada.feed@example.org", UserChangeKind.Deleted),
                ("ada.feed@example.org", UserChangeKind.Restored),
            ],
            changes.Select(change => (change.Email!, change.Kind)));
        Assert.Equal([1, 2, 3, 4, 5], changes.Where(change => change.UserId == ada).Select(change => change.Version));
    }

    [Fact]
    public async Task Rejected_change_is_not_in_the_feed()
    {
        await Store.AddAsync(Sample.User("owner.feed@example.org"), Ct);
        var before = await EndAsync();
        Assert.Equal(AddOutcome.EmailTaken, await Store.InScopeAsync(
            scope => scope.GetRequiredService<IUserRepository>().AddAsync(Sample.User("owner.feed@example.org"), Ct)));
        Assert.Equal(before, await EndAsync());
        var id = await Store.AddAsync(Sample.User("next.feed@example.org"), Ct);
        Assert.Equal(id, Assert.Single(await ReadAsync(before + 1)).UserId); // without a gap
    }

    [Fact]
    public async Task Purge_erases_all_states_and_leaves_a_change_without_one()
    {
        var before = await EndAsync();
        var id = await Store.AddAsync(Sample.User("purged.feed@example.org", "Ada"), Ct);
        await Store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        Assert.True(await Store.PurgeAsync(id, Ct));

        var changes = await ReadAsync(before + 1);
        Assert.Equal(
            [UserChangeKind.Created, UserChangeKind.Deleted, UserChangeKind.Purged], changes.Select(change => change.Kind));
        Assert.Equal([1, 2, 3], changes.Select(change => change.Version));
        Assert.All(changes, change => Assert.Equivalent(
            new { Email = (string?)null, Name = (string?)null, Age = (int?)null, Role = (UserRole?)null, Status = (UserStatus?)null },
            new { change.Email, change.Name, change.Age, change.Role, change.Status }));
        Assert.All(changes, change => Assert.Null(change.CreatedAt));
        Assert.Equal("mallory", changes[^1].UpdatedBy);
    }

    [Fact]
    public async Task Pages_begin_with_a_position_and_the_newest_has_the_highest()
    {
        for (var i = 0; i < 3; i++) await Store.AddAsync(Sample.User($"page{i}.feed@example.org"), Ct);
        var end = await EndAsync();
        var page = await Store.InScopeAsync(scope => scope.GetRequiredService<IChangeFeed>().ListAsync(end - 2, 2, Ct));
        Assert.Equal([end - 2, end - 1], page.Select(placed => placed.Position));
        Assert.Equal("page0.feed@example.org", page[0].Change.Email);
        var newest = await Store.InScopeAsync(scope => scope.GetRequiredService<IChangeFeed>().GetNewestAsync(Ct));
        Assert.Equal("page2.feed@example.org", newest!.Change.Email);
        Assert.Equal(newest.Position, await Store.InScopeAsync(scope => scope.GetRequiredService<IChangeFeed>().GetEndAsync(Ct)));
        Assert.Empty(await ReadAsync(end + 1));
    }

    [Fact]
    public async Task Readers_beside_writers_see_each_change_once_and_those_of_a_user_in_order()
    {
        const int Writers = 6;
        const int Changes = 40;
        var start = await EndAsync();
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => FollowAsync(start, done.Token), Ct)).ToList();
        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            await Task.Yield(); // SQLite never waits
            var id = await Store.AddAsync(Sample.User($"race{writer}.feed@example.org"), Ct);
            for (var i = 1; i < Changes; i++)
            {
                Assert.Equal(UpdateOutcome.Saved, await Store.ChangeAsync(
                    id, user => user.Replace(user.Details with { Age = user.Age == 1 ? 2 : 1 }, Sample.Now, "eve"), Ct));
            }

            return id;
        }));
        await done.CancelAsync();
        foreach (var seen in await Task.WhenAll(readers))
        {
            Assert.Equal(Writers * Changes, seen.Count);
            foreach (var id in written)
            {
                Assert.Equal(
                    Enumerable.Range(1, Changes), seen.Where(change => change.UserId == id).Select(change => (int)change.Version));
            }
        }
    }

    protected async Task<IReadOnlyList<UserChange>> ReadAsync(long from)
    {
        await PlaceAsync();
        var placed = await Store.InScopeAsync(scope => scope.GetRequiredService<IChangeFeed>().ListAsync(from, 10_000, Ct));
        Assert.Equal(Enumerable.Range(0, placed.Count).Select(i => from + i), placed.Select(change => change.Position));
        return [.. placed.Select(change => change.Change)];
    }

    protected Task<bool> PlaceAsync() => Store.InScopeAsync(scope => scope.GetRequiredService<IChangeFeed>().PlaceAsync(Ct));

    protected async Task<long> EndAsync()
    {
        while (await PlaceAsync())
        {
        }

        return await Store.InScopeAsync(scope => scope.GetRequiredService<IChangeFeed>().GetEndAsync(Ct));
    }

    private async Task<List<UserChange>> FollowAsync(long start, CancellationToken done)
    {
        var seen = new List<UserChange>();
        while (true)
        {
            var isLast = done.IsCancellationRequested; // what is committed by now is in the next read
            var page = await ReadAsync(start + seen.Count + 1);
            seen.AddRange(page);
            if (isLast) return seen;
            await Task.Delay(TimeSpan.FromMilliseconds(5), Ct);
        }
    }
}

public sealed class ReadingTheFeedOnSqlite(SqliteStore store) : ReadingTheFeed(store), IClassFixture<SqliteStore>;

public sealed class ReadingTheFeedOnSqlServer(SqlServerStore store) : ReadingTheFeedOnAServer(store), IClassFixture<SqlServerStore>;

public sealed class ReadingTheFeedOnPostgreSql(PostgreSqlStore store) : ReadingTheFeedOnAServer(store), IClassFixture<PostgreSqlStore>;

/// <summary>Where positions are given after the commit.</summary>
public abstract class ReadingTheFeedOnAServer(Store store) : ReadingTheFeed(store)
{
    [Fact]
    public async Task Open_transaction_does_not_hold_up_the_feed_and_its_change_comes_after_its_commit()
    {
        var before = await EndAsync();
        var slow = await Store.InScopeAsync(async scope =>
        {
            var user = Sample.User("slow.feed@example.org");
            await scope.GetRequiredService<UsersDbContext>().InTransactionAsync(
                async ct =>
                {
                    Assert.Equal(AddOutcome.Added, await scope.GetRequiredService<IUserRepository>().AddAsync(user, ct));
                    var quick = await Store.AddAsync(Sample.User("quick.feed@example.org"), ct);
                    Assert.Equal(quick, Assert.Single(await ReadAsync(before + 1)).UserId);
                    return (0, true);
                },
                Ct);
            return user.Id;
        });
        Assert.Equal(slow, Assert.Single(await ReadAsync(before + 2)).UserId);
    }

    [Fact]
    public async Task Open_purge_does_not_hold_up_the_changes_that_it_erases()
    {
        var before = await EndAsync();
        var id = await Store.AddAsync(Sample.User("openpurge.feed@example.org"), Ct);
        await Store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        await Store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            return await scope.GetRequiredService<UsersDbContext>().InTransactionAsync(
                async ct =>
                {
                    var user = (await users.FindDeletedToChangeAsync(id, ct))!;
                    user.Purge(Sample.Now, "eve");
                    Assert.Equal(UpdateOutcome.Saved, await users.PurgeAsync(user, ct));
                    Assert.Equal([1, 2], (await ReadAsync(before + 1)).Select(change => change.Version));
                    return (0, true);
                },
                Ct);
        });
        Assert.Equal([1, 2, 3], (await ReadAsync(before + 1)).Select(change => change.Version));
    }

    [Fact]
    public async Task Placement_that_is_undone_leaves_no_gap()
    {
        var before = await EndAsync();
        var id = await Store.AddAsync(Sample.User("undone.feed@example.org"), Ct);
        await Store.InScopeAsync(async scope =>
        {
            var db = (ServerUsersDbContext)scope.GetRequiredService<UsersDbContext>();
            return await db.Database.CreateExecutionStrategy().ExecuteAsync(
                async ct =>
                {
                    await using var transaction = await db.Database.BeginTransactionAsync(ct);
                    Assert.Equal([1], await db.Database.SqlQueryRaw<int>(db.PlaceChanges, 10).ToListAsync(ct));
                    await transaction.RollbackAsync(ct); // as the database does when the process dies
                    return 0;
                },
                Ct);
        });
        Assert.Equal(id, Assert.Single(await ReadAsync(before + 1)).UserId);
    }

    [Fact]
    public async Task Placements_at_once_give_each_change_one_position()
    {
        var before = await EndAsync();
        for (var i = 0; i < 20; i++) await Store.AddAsync(Sample.User($"once{i}.feed@example.org"), Ct);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PlaceAsync()));
        Assert.Equal(20, (await ReadAsync(before + 1)).Select(change => change.UserId).Distinct().Count());
    }
}

/// <summary>
/// A database whose transactions are at REPEATABLE READ by default: in its snapshot, a transaction that waited for the end of the feed could not see
/// what the one before it has placed, and PostgreSQL would end it.
/// </summary>
public sealed class ReadingTheFeedAtRepeatableRead(RepeatableReadStore store) : ReadingTheFeedOnAServer(store), IClassFixture<RepeatableReadStore>;

public sealed class RepeatableReadStore() : Store(new PostgreSqlTestDatabase())
{
    protected override async Task FillAsync()
    {
        var name = new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database;
        await Database.ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'");
        NpgsqlConnection.ClearAllPools(); // for those that are opened from now on
    }
}
