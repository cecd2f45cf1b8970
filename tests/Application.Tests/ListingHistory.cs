using CleanUsers.Application.Changes;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ListingHistory : UseCases
{
    [Fact]
    public async Task Change_has_its_actor_its_time_what_it_changed_and_the_state_after_it()
    {
        var user = Ada(id: 7);
        var created = UserChange.Of(user);
        user.Replace(user.Details with { Name = UserInput.ParseName("Countess").Value, Age = null }, Now, "eve");
        var updated = UserChange.Of(user);
        user.Delete(Now.AddHours(1), "mallory");
        Reader.GetDeletedAsync(7, Ct).Returns(user);
        History.ListAsync(7, null, 51, Ct).Returns([UserChange.Of(user), updated, created]);

        var page = (await Get<ListHistory>().ExecuteAsync(new(7, Deleted: true, PageSize: 50), Ct)).Value;
        Assert.Null(page.NextCursor);
        Assert.Equal(
            [
                (3, UserChangeKind.Deleted, Now.AddHours(1), "mallory", "", "Countess"),
                (2, UserChangeKind.Updated, Now, "eve", "Name Age", "Countess"),
                (1, UserChangeKind.Created, Now.AddDays(-1), "bob", "Email Name Age Role Status", "Ada"),
            ],
            page.Items.Select(change => (change.Version, change.Kind, change.At, change.By, string.Join(' ', change.Changed), change.User.Name!)));
        Assert.Equal(
            new UserDto(7, "ada@example.org", "Countess", null, UserRole.User, UserStatus.Active, Now.AddDays(-1), Now, 2), page.Items[1].User);
    }

    [Fact]
    public async Task Changed_members_are_all_that_a_client_decides() =>
        Assert.Equal(
            typeof(UserDetails).GetProperties().Select(member => member.Name),
            await ChangedAsync(Ada(), user => user.Replace(
                new(
                    UserInput.ParseEmail("eve@example.org").Value, UserInput.ParseName("Eve").Value, 37, UserRole.Admin, UserStatus.Inactive),
                Now, "eve")));

    [Fact]
    public async Task Oldest_change_that_the_retention_left_shows_no_changed_members()
    {
        var user = Ada(id: 7);
        user.Replace(user.Details with { Age = 37 }, Now, "eve");
        Reader.GetAsync(default, default).ReturnsForAnyArgs(user);
        History.ListAsync(7, null, 51, Ct).Returns([UserChange.Of(user)]);
        var page = (await Get<ListHistory>().ExecuteAsync(new(7, Deleted: false, PageSize: 50), Ct)).Value;
        Assert.Empty(Assert.Single(page.Items).Changed);
    }

    [Fact]
    public async Task Restore_with_another_address_changed_the_address() =>
        Assert.Equal(
            ["Email"], await ChangedAsync(DeletedAda(), user => user.Restore(Now, "eve", UserInput.ParseEmail("eve@example.org").Value)));

    [Fact]
    public async Task Pages_follow_each_other_by_a_cursor_of_the_same_user()
    {
        var user = Ada(id: 7);
        var first = UserChange.Of(user);
        user.Replace(user.Details with { Age = 37 }, Now, "eve");
        var second = UserChange.Of(user);
        Reader.GetAsync(default, default).ReturnsForAnyArgs(user);
        History.ListAsync(7, null, 2, Ct).Returns([second, first]);
        History.ListAsync(7, 2, 2, Ct).Returns([first]);

        var newest = (await Get<ListHistory>().ExecuteAsync(new(7, Deleted: false, PageSize: 1), Ct)).Value;
        Assert.Equal(["Age"], Assert.Single(newest.Items).Changed.Select(member => $"{member}"));
        var cursor = Cursor.Parse(newest.NextCursor);
        var oldest = (await Get<ListHistory>().ExecuteAsync(new(7, Deleted: false, 1, cursor), Ct)).Value;
        Assert.Equal(1, Assert.Single(oldest.Items).Version);
        Assert.Null(oldest.NextCursor);

        foreach (var query in (ListHistoryQuery[])[new(8, Deleted: false, 1, cursor), new(7, Deleted: false, 1, Cursor.Parse("x"))])
            Assert.Equal("invalid-cursor", Assert.Single((await Get<ListHistory>().ExecuteAsync(query, Ct)).ValidationErrors).ErrorCode);
        Assert.Equal(
            "out-of-range",
            Assert.Single(
                (await Get<ListHistory>().ExecuteAsync(new(7, Deleted: false, PageSizes.Parse(0)), Ct)).ValidationErrors).ErrorCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task History_of_a_user_that_is_not_there_is_user_not_found(bool deleted)
    {
        Reader.GetAsync(7, Ct).Returns(deleted ? Ada() : null);
        Reader.GetDeletedAsync(7, Ct).Returns(deleted ? null : DeletedAda());
        Assert.Equal(ErrorCodes.UserNotFound, Failure.Of(await Get<ListHistory>().ExecuteAsync(new(7, deleted, PageSize: 50), Ct)).Code);
    }

    [Fact]
    public async Task User_that_is_purged_while_its_history_is_read_is_user_not_found()
    {
        var user = Ada(id: 7);
        Reader.GetAsync(7, Ct).Returns(user);
        History.ListAsync(7, null, 51, Ct).Returns(_ =>
        {
            Reader.GetAsync(7, Ct).Returns((User?)null);
            return [];
        });
        Assert.Equal(ErrorCodes.UserNotFound, Failure.Of(await Get<ListHistory>().ExecuteAsync(new(7, Deleted: false, PageSize: 50), Ct)).Code);
    }

    private async Task<IEnumerable<string>> ChangedAsync(User user, Action<User> change)
    {
        var before = UserChange.Of(user);
        change(user);
        Reader.GetAsync(default, default).ReturnsForAnyArgs(user);
        History.ListAsync(default, default, default, default).ReturnsForAnyArgs([UserChange.Of(user), before]);
        var page = (await Get<ListHistory>().ExecuteAsync(new(0, Deleted: false, PageSize: 1), Ct)).Value;
        return Assert.Single(page.Items).Changed.Select(member => $"{member}");
    }
}
