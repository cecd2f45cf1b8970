using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ReadingUsers : UseCases
{
    [Fact]
    public void Every_member_of_every_dto_is_mapped() => Get<IConfigurationProvider>().AssertConfigurationIsValid();

    [Fact]
    public async Task Existing_user_is_returned_and_a_missing_one_is_not_found()
    {
        Reader.GetAsync(7, Ct).Returns(Ada());
        Assert.Equal("ada@example.org", (await Get<GetUser>().ExecuteAsync(7, Ct)).Value.Email);
        Assert.Equal(ErrorCodes.UserNotFound, Failure.Of(await Get<GetUser>().ExecuteAsync(8, Ct)).Code);
    }

    [Fact]
    public async Task Deleted_user_shows_when_it_was_deleted()
    {
        Reader.GetDeletedAsync(7, Ct).Returns(DeletedAda());
        Assert.Equal(Now.AddHours(-1), (await Get<GetDeletedUser>().ExecuteAsync(7, Ct)).Value.DeletedAt);
    }

    [Fact]
    public async Task Page_has_a_cursor_only_when_more_users_follow()
    {
        Reader.ListAsync(default!, Ct).ReturnsForAnyArgs(Listed(Ada(id: 1), Ada(id: 2), Ada(id: 3)));
        var more = await Get<ListUsers>().ExecuteAsync(new() { PageSize = 2 }, Ct);
        var last = await Get<ListUsers>().ExecuteAsync(new() { PageSize = 3 }, Ct);

        Assert.Equal(2, more.Value.Items.Count);
        Assert.NotNull(more.Value.NextCursor);
        Assert.Equal(3, last.Value.Items.Count);
        Assert.Null(last.Value.NextCursor);
    }

    [Fact]
    public async Task Cursor_continues_after_the_last_user_of_the_page()
    {
        Reader.ListAsync(default!, Ct).ReturnsForAnyArgs(Listed(Ada(name: "Ada", id: 1), Ada(name: "Bea", id: 2)));
        var first = await Get<ListUsers>().ExecuteAsync(new() { PageSize = 1, Sort = new UserSort(UserSortKey.Name, true) }, Ct);
        await Get<ListUsers>().ExecuteAsync(
            new() { PageSize = 1, Sort = new UserSort(UserSortKey.Name, true), Cursor = Cursor.Parse(first.Value.NextCursor) }, Ct);

        await Reader.Received().ListAsync(
            Arg.Is<UserQuery>(query => query!.After == new UserPosition(1, "Ada", default) && query.Sort == new UserSort(UserSortKey.Name, true)),
            Ct);
    }

    [Fact]
    public async Task Cursor_of_another_query_is_rejected()
    {
        Reader.ListAsync(default!, Ct).ReturnsForAnyArgs(Listed(Ada(id: 1), Ada(id: 2)));
        var cursor = (await Get<ListUsers>().ExecuteAsync(new() { PageSize = 1 }, Ct)).Value.NextCursor;

        foreach (var other in (ListUsersQuery[])[
            new() { Sort = new UserSort(UserSortKey.Id, true) }, new() { Role = UserListQuery.ParseRole("Admin") },
            new() { CreatedFrom = UserListQuery.ParseCreatedFrom("2026-01-01T00:00:00.001Z") }])
        {
            var error = Assert.Single((await Get<ListUsers>().ExecuteAsync(other with { Cursor = Cursor.Parse(cursor) }, Ct)).ValidationErrors);
            Assert.Equal(("Cursor", "invalid-cursor"), (error.Identifier, error.ErrorCode));
        }

        Assert.Equal(ResultStatus.Invalid, (await Get<ListDeletedUsers>().ExecuteAsync(new() { Cursor = Cursor.Parse(cursor) }, Ct)).Status);
        Assert.True((await Get<ListUsers>().ExecuteAsync(new() { PageSize = 200, Cursor = Cursor.Parse(cursor) }, Ct)).IsSuccess);
    }

    [Fact]
    public async Task Malformed_cursor_is_reported_with_all_other_errors_and_one_of_another_query_after_them()
    {
        Reader.ListAsync(default!, Ct).ReturnsForAnyArgs(Listed(Ada(id: 1), Ada(id: 2)));
        var cursor = (await Get<ListUsers>().ExecuteAsync(new() { PageSize = 1 }, Ct)).Value.NextCursor;
        var malformed = await Get<ListUsers>().ExecuteAsync(new() { Role = UserListQuery.ParseRole("1"), Cursor = Cursor.Parse("x") }, Ct);
        var foreign = await Get<ListUsers>().ExecuteAsync(new() { Role = UserListQuery.ParseRole("1"), Cursor = Cursor.Parse(cursor) }, Ct);
        Assert.Equal(["Role", "Cursor"], malformed.ValidationErrors.Select(error => error.Identifier));
        Assert.Equal(["Role"], foreign.ValidationErrors.Select(error => error.Identifier));
    }

    [Fact]
    public async Task All_errors_of_a_query_are_reported_at_once()
    {
        var result = await Get<ListUsers>().ExecuteAsync(
            new()
            {
                PageSize = PageSizes.Parse(201),
                Email = UserListQuery.ParseEmail("x"),
                Status = UserListQuery.ParseStatus("gone"),
                Role = UserListQuery.ParseRole("1"),
                CreatedFrom = UserListQuery.ParseCreatedFrom("yesterday"),
                CreatedBefore = UserListQuery.ParseCreatedBefore("2026-01-01")
            }, Ct);
        Assert.Equal(
            ["PageSize", "Email", "Status", "Role", "CreatedFrom", "CreatedBefore"],
            result.ValidationErrors.Select(error => error.Identifier));
    }

    [Fact]
    public async Task Deleted_users_are_sorted_by_newest_deletion_by_default()
    {
        Reader.ListAsync(default!, Ct).ReturnsForAnyArgs(Listed());
        await Get<ListDeletedUsers>().ExecuteAsync(new(), Ct);
        await Get<ListDeletedUsers>().ExecuteAsync(new() { Sort = new UserSort(UserSortKey.Email, false) }, Ct);

        await Reader.Received().ListAsync(
            Arg.Is<UserQuery>(query => query!.Deleted && query.Sort == new UserSort(UserSortKey.DeletedAt, true)), Ct);
        await Reader.Received().ListAsync(
            Arg.Is<UserQuery>(query => query!.Deleted && query.Sort == new UserSort(UserSortKey.Email, false)), Ct);
    }
}
