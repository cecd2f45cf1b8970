using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.Feed;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Changes are deleted by how long they have been in the feed, from its beginning.</summary>
public abstract class DeletingOldChanges(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_before_a_mark_are_deleted_but_for_the_newest_of_them_and_the_older_marks_with_them()
    {
        var id = await _store.AddAsync(Sample.User("old@retention.example"), Ct);
        for (var age = 1; age <= 3; age++)
            await _store.ChangeAsync(id, user => user.Replace(user.Details with { Age = age }, Sample.Now.AddYears(-5), "eve"), Ct);
        await FeedAsync(feed => feed.PlaceAsync(Ct));
        await MarkAsync(1);
        await MarkAsync(1.5); // no change since
        await _store.ChangeAsync(id, user => user.Replace(user.Details with { Age = 4 }, Sample.Now, "eve"), Ct);
        await FeedAsync(feed => feed.PlaceAsync(Ct));
        await MarkAsync(2);

        Assert.Equal(0, await DeleteAsync(0.9));
        Assert.Equal([1, 2, 3, 4, 5], await VersionsAsync());
        Assert.Equal(3, await DeleteAsync(1));
        Assert.Equal([4, 5], await VersionsAsync());
        Assert.Equal(0, await DeleteAsync(1.9));
        Assert.Equal([5, 4], (await _store.InScopeAsync(scope => scope.GetRequiredService<IHistoryReader>().ListAsync(id, null, 10, Ct)))
            .Select(change => change.Version));

        Assert.Equal(1, await DeleteAsync(2));
        Assert.Equal([4, 5], await MarksAsync());
        Assert.Equal(0, await DeleteAsync(2));
        Assert.Equal([5], await MarksAsync());
        await _store.ChangeAsync(id, user => user.Replace(user.Details with { Age = 5 }, Sample.Now, "eve"), Ct);
        await FeedAsync(feed => feed.PlaceAsync(Ct));
        Assert.Equal([5, 6], (await FeedAsync(feed => feed.ListAsync(1, 10, Ct))).Select(placed => placed.Position)); // no number is given again
    }

    private async Task MarkAsync(double day) => await FeedAsync(async feed =>
    {
        await feed.MarkAsync(Sample.Now.AddDays(day), Ct);
        return 0;
    });

    private Task<int> DeleteAsync(double day) => FeedAsync(feed => feed.DeleteOldestAsync(Sample.Now.AddDays(day), Ct));

    private async Task<IEnumerable<long>> VersionsAsync() =>
        (await FeedAsync(feed => feed.ListAsync(1, 10, Ct))).Select(placed => placed.Change.Version);

    private Task<List<long>> MarksAsync() => _store.InScopeAsync(
        scope => scope.GetRequiredService<UsersDbContext>().Set<FeedMark>().Select(mark => mark.Position).Order().ToListAsync(Ct));

    private Task<T> FeedAsync<T>(Func<IChangeFeed, Task<T>> use) => _store.InScopeAsync(scope => use(scope.GetRequiredService<IChangeFeed>()));
}

public sealed class DeletingOldChangesOnSqlite(SqliteStore store) : DeletingOldChanges(store), IClassFixture<SqliteStore>;

public sealed class DeletingOldChangesOnSqlServer(SqlServerStore store) : DeletingOldChanges(store), IClassFixture<SqlServerStore>;

public sealed class DeletingOldChangesOnPostgreSql(PostgreSqlStore store) : DeletingOldChanges(store), IClassFixture<PostgreSqlStore>;
