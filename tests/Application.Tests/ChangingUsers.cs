using Ardalis.Result;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class ChangingUsers : UseCases
{
    private static readonly VersionCondition AtVersion1 = new(OneOf: new HashSet<long> { 1 });

    [Fact]
    public async Task Patch_changes_only_the_members_it_has()
    {
        Users.FindToChangeAsync(7, Ct).Returns(Ada());
        var result = await Get<PatchUser>().ExecuteAsync(Input.Patch(7, VersionCondition.None, age: Input.Age(null), role: Input.Role("admin")), Ct);
        Assert.Equal(("ada@example.org", "Ada", null, UserRole.Admin, 2L, Now),
            (result.Value.Email, result.Value.Name, result.Value.Age, result.Value.Role, result.Value.Version, result.Value.UpdatedAt));
    }

    [Fact]
    public async Task Patch_without_a_change_leaves_the_user_and_waits_as_long_as_one_that_changes_it()
    {
        Users.FindToChangeAsync(7, Ct).Returns(Ada());
        var result = await Get<PatchUser>().ExecuteAsync(Input.Patch(7, VersionCondition.None, age: Input.Age(36)), Ct);
        Assert.Equal((1, Ada().UpdatedAt), (result.Value.Version, result.Value.UpdatedAt));
        await Users.Received(1).UpdateAsync(Ct); // no standby may have the state that was found
    }

    [Fact]
    public async Task Patch_with_null_for_a_required_member_is_rejected()
    {
        var result = await Get<PatchUser>().ExecuteAsync(
            Input.Patch(7, VersionCondition.None, email: Input.Email(null), role: Input.Role(null), status: Input.Status(null)), Ct);
        Assert.Equal(
            [("Email", "required"), ("Role", "required"), ("Status", "required")],
            result.ValidationErrors.Select(error => (error.Identifier, error.ErrorCode)));
    }

    [Fact]
    public async Task Patch_that_loses_a_race_is_applied_to_the_newer_version()
    {
        var changed = Ada();
        changed.Replace(changed.Details with { Name = UserInput.ParseName("Countess").Value }, Now, "bob");
        Users.FindToChangeAsync(7, Ct).Returns(Ada(), changed);
        Users.UpdateAsync(Ct).Returns(UpdateOutcome.Conflict, UpdateOutcome.Saved);

        var result = await Get<PatchUser>().ExecuteAsync(Input.Patch(7, VersionCondition.None, age: Input.Age(37)), Ct);

        Assert.Equal(("Countess", 37, 3L), (result.Value.Name, result.Value.Age, result.Value.Version));
    }

    [Fact]
    public async Task Conditional_patch_that_loses_a_race_fails_with_version_mismatch()
    {
        var changed = Ada();
        changed.Replace(changed.Details with { Age = 40 }, Now, "bob");
        Users.FindToChangeAsync(7, Ct).Returns(Ada(), changed);
        Users.UpdateAsync(Ct).Returns(UpdateOutcome.Conflict);

        var result = await Get<PatchUser>().ExecuteAsync(Input.Patch(7, AtVersion1, age: Input.Age(37)), Ct);

        Assert.Equal(ErrorCodes.VersionMismatch, Failure.Of(result).Code);
        await Users.ReceivedWithAnyArgs(1).UpdateAsync(default);
    }

    [Fact]
    public async Task Stale_condition_changes_nothing()
    {
        Users.FindToChangeAsync(7, Ct).Returns(Ada());
        var stale = new VersionCondition(OneOf: new HashSet<long> { 2 });
        Assert.Equal(ErrorCodes.VersionMismatch, Failure.Of(await Get<PatchUser>().ExecuteAsync(Input.Patch(7, stale, age: Input.Age(1)), Ct)).Code);
        Assert.Equal(ErrorCodes.VersionMismatch, Failure.Of(await Get<DeleteUser>().ExecuteAsync(new(7, stale), Ct)).Code);
        await Users.DidNotReceiveWithAnyArgs().UpdateAsync(default);
    }

    [Fact]
    public async Task Replace_sets_every_member_and_never_creates()
    {
        Users.FindToChangeAsync(7, Ct).Returns(Ada());
        var replaced = await Get<ReplaceUser>().ExecuteAsync(
            new(7, VersionCondition.None, Input.User("new@example.org", role: "Admin", status: "Inactive")), Ct);
        Assert.Equal(
            new UserDto(0, "new@example.org", null, null, UserRole.Admin, UserStatus.Inactive, Now.AddDays(-1), Now, 2), replaced.Value);

        var missing = await Get<ReplaceUser>().ExecuteAsync(
            new(8, VersionCondition.None, Input.User("new@example.org", role: "Admin", status: "Inactive")), Ct);
        Assert.Equal((ResultStatus.NotFound, ErrorCodes.UserNotFound), (missing.Status, Failure.Of(missing).Code));
    }

    [Fact]
    public async Task Delete_moves_the_user_to_the_recycle_bin_and_fails_its_queued_emails()
    {
        var user = Ada();
        Users.FindToChangeAsync(7, Ct).Returns(user);
        Assert.True((await Get<DeleteUser>().ExecuteAsync(new(7, VersionCondition.None), Ct)).IsSuccess);
        Assert.Equal((Now, "eve"), (user.DeletedAt, user.DeletedBy));
        await Users.Received().UpdateAndFailQueuedEmailsAsync(user.Id, "The user was deleted.", Ct);
    }

    [Fact]
    public async Task Restore_keeps_the_email_or_sets_the_given_one()
    {
        Users.FindDeletedToChangeAsync(7, Ct).Returns(_ => DeletedAda());
        var same = await Get<RestoreUser>().ExecuteAsync(new(7, VersionCondition.None), Ct);
        var other = await Get<RestoreUser>().ExecuteAsync(new(7, VersionCondition.None, Input.Email("new@example.org")), Ct);
        Assert.Equal(("ada@example.org", 3L), (same.Value.Email, same.Value.Version));
        Assert.Equal("new@example.org", other.Value.Email);
    }

    [Fact]
    public async Task Restore_fails_when_the_email_is_taken()
    {
        Users.FindDeletedToChangeAsync(7, Ct).Returns(DeletedAda());
        Users.UpdateAsync(Ct).Returns(UpdateOutcome.EmailTaken);
        var result = await Get<RestoreUser>().ExecuteAsync(new(7, VersionCondition.None), Ct);
        Assert.Equal(ErrorCodes.EmailTaken, Failure.Of(result).Code);
    }

    [Fact]
    public async Task Purge_erases_only_users_in_the_recycle_bin()
    {
        var user = DeletedAda();
        Users.FindDeletedToChangeAsync(7, Ct).Returns(user);
        Users.FindToChangeAsync(8, Ct).Returns(Ada());

        Assert.True((await Get<PurgeUser>().ExecuteAsync(new(7, VersionCondition.None), Ct)).IsSuccess);
        Assert.Equal(ErrorCodes.UserNotFound, Failure.Of(await Get<PurgeUser>().ExecuteAsync(new(8, VersionCondition.None), Ct)).Code);

        await Users.ReceivedWithAnyArgs(1).PurgeAsync(default!, default);
        await Users.Received().PurgeAsync(user, Ct);
        Assert.Equal((UserChangeKind.Purged, "eve", Now), (user.LastChange, user.UpdatedBy, user.UpdatedAt));
    }
}
