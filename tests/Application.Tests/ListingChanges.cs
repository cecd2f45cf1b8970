using Ardalis.Result;
using CleanUsers.Application.Changes;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ListingChanges : UseCases
{
    private readonly List<UserChange> _changes = [];

    // the position before the first change that the feed still has
    private long _deleted;

    public ListingChanges()
    {
        Feed.ListAsync(default, default, default).ReturnsForAnyArgs(call => [.. Placed().Where(
            placed => placed.Position >= call.ArgAt<long>(0)).Take(call.ArgAt<int>(1))]);
        Feed.GetNewestAsync(default).ReturnsForAnyArgs(_ => Placed().LastOrDefault());
    }

    [Fact]
    public async Task Change_has_its_user_its_kind_its_time_its_actor_and_the_state_after_it()
    {
        var user = Ada(id: 7);
        Add(user);
        user.Delete(Now, "eve");
        Add(user);
        user.Restore(Now, "carol");
        Add(user);
        user.Delete(Now, "eve");
        Add(user);
        user.Purge(Now.AddHours(1), "mallory");
        Add(user);

        var page = await ListAsync(null);
        var created = new UserDto(7, "ada@example.org", "Ada", 36, UserRole.User, UserStatus.Active, Now.AddDays(-1), Now.AddDays(-1), 1);
        Assert.Equal(
            [
                new(7, 1, UserChangeKind.Created, Now.AddDays(-1), "bob", created),
                new(7, 2, UserChangeKind.Deleted, Now, "eve", null),
                new(7, 3, UserChangeKind.Restored, Now, "carol", created with { UpdatedAt = Now, Version = 3 }),
                new(7, 4, UserChangeKind.Deleted, Now, "eve", null),
                new(7, 5, UserChangeKind.Purged, Now.AddHours(1), "mallory", null),
            ],
            page.Items);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_the_last_leads_to_what_comes_later()
    {
        Assert.Empty((await ListAsync(null)).Items);
        AddUsers(1, 2, 3);
        var first = await ListAsync(null, pageSize: 2);
        Assert.Equal([1, 2], first.Items.Select(item => item.UserId));
        var second = await ListAsync(first.NextCursor, pageSize: 2);
        Assert.Equal([3], second.Items.Select(item => item.UserId));
        var end = await ListAsync(second.NextCursor);
        Assert.Empty(end.Items);
        Assert.Equal(second.NextCursor, end.NextCursor);
        AddUsers(4);
        Assert.Equal([4], (await ListAsync(end.NextCursor)).Items.Select(item => item.UserId));
    }

    [Fact]
    public async Task Cursor_of_an_empty_feed_leads_to_the_first_change()
    {
        var empty = await ListAsync("now");
        Assert.Equal((await ListAsync(null)).NextCursor, empty.NextCursor);
        AddUsers(1);
        Assert.Equal([1], (await ListAsync(empty.NextCursor)).Items.Select(item => item.UserId));
    }

    [Fact]
    public async Task Now_is_after_the_newest_change_once_all_changes_have_positions()
    {
        AddUsers(1);
        Feed.PlaceAsync(default).ReturnsForAnyArgs(
            _ =>
            {
                AddUsers(2);
                return true;
            },
            _ => false);
        var now = await ListAsync("now");
        Assert.Empty(now.Items);
        AddUsers(3);
        Assert.Equal([3], (await ListAsync(now.NextCursor)).Items.Select(item => item.UserId));
    }

    [Fact]
    public async Task Cursor_whose_change_was_deleted_has_expired_and_that_of_the_oldest_change_has_not()
    {
        AddUsers(1, 2, 3);
        var (one, two) = ((await ListAsync(null, pageSize: 1)).NextCursor, (await ListAsync(null, pageSize: 2)).NextCursor);
        _deleted = 1;
        await IsExpiredAsync(null);
        await IsExpiredAsync(one);
        Assert.Equal([3], (await ListAsync(two)).Items.Select(item => item.UserId));
    }

    [Fact]
    public async Task Cursor_of_a_feed_that_was_replaced_by_its_backup_has_expired()
    {
        AddUsers(1, 2);
        var (one, two) = ((await ListAsync(null, pageSize: 1)).NextCursor, (await ListAsync(null)).NextCursor);
        _changes.RemoveAt(1);
        await IsExpiredAsync(two); // beyond the end
        AddUsers(3, 4);
        await IsExpiredAsync(two); // another change is there now
        Assert.Equal([3, 4], (await ListAsync(one)).Items.Select(item => item.UserId));
    }

    [Fact]
    public async Task Request_waits_for_a_change()
    {
        var waiting = ExecuteAsync(new(FeedCursor.Start, 50, TimeSpan.FromSeconds(30)));
        Assert.False(waiting.IsCompleted);
        AddUsers(1);
        Get<FeedSignal>().Reach(1);
        Assert.Equal([1], (await waiting).Value.Items.Select(item => item.UserId));
    }

    [Fact]
    public async Task Request_that_waits_from_now_on_gets_the_change_that_wakes_it()
    {
        AddUsers(1);
        var waiting = ExecuteAsync(new(FeedCursor.End, 50, TimeSpan.FromSeconds(30)));
        AddUsers(2);
        Get<FeedSignal>().Reach(2);
        Assert.Equal([2], (await waiting).Value.Items.Select(item => item.UserId));
    }

    [Fact]
    public async Task Request_waits_no_longer_than_its_time_and_not_after_shutdown_begins()
    {
        var waiting = ExecuteAsync(new(FeedCursor.Start, 50, TimeSpan.FromSeconds(30)));
        Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await waiting).Value.Items);

        waiting = ExecuteAsync(new(FeedCursor.Start, 50, TimeSpan.FromSeconds(30)));
        Get<FeedSignal>().Close();
        Assert.Empty((await waiting).Value.Items);

        // held for a second: a reader that follows the cursors must not become a busy loop
        waiting = ExecuteAsync(new(FeedCursor.Start, 50, TimeSpan.FromSeconds(30)));
        Assert.False(waiting.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await waiting).Value.Items);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Now")]
    [InlineData("x")]
    public void Cursor_that_is_not_one_of_the_feed_is_rejected_with_what_is_allowed(string cursor) => Assert.Equal(
        "Cursor must be a nextCursor of the feed, 'start' or 'now'.", FeedCursor.Parse(cursor).Error!.Detail);

    [Fact]
    public void Start_is_before_the_first_change() => Assert.Equal(FeedCursor.Parse(null), FeedCursor.Parse("start"));

    private IEnumerable<PlacedChange> Placed() => _changes.Select((change, i) => new PlacedChange(i + 1, change)).Skip((int)_deleted);

    private void Add(User user) => _changes.Add(UserChange.Of(user));

    private void AddUsers(params long[] ids)
    {
        foreach (var id in ids) Add(Ada(id: id));
    }

    /// <summary>Fails after a while of real time: the fake clock may never end the wait of a request.</summary>
    private Task<Result<Page<FeedItemDto>>> ExecuteAsync(ListChangesQuery query) =>
        Get<ListChanges>().ExecuteAsync(query, Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);

    private async Task<Page<FeedItemDto>> ListAsync(string? cursor, int pageSize = 50) =>
        (await ExecuteAsync(new(FeedCursor.Parse(cursor), pageSize))).Value;

    private async Task IsExpiredAsync(string? cursor) => Assert.Equal(
        ErrorCodes.CursorExpired, Failure.Of(await ExecuteAsync(new(FeedCursor.Parse(cursor), 50))).Code);
}
