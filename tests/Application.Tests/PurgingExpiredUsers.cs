using CleanUsers.Application.DeletedUsers;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class PurgingExpiredUsers() : UseCases(new Retention(TimeSpan.FromDays(30)))
{
    [Fact]
    public async Task Users_past_the_retention_time_are_erased_and_no_others()
    {
        var (old, recent) = (Deleted(Now.AddDays(-30)), Deleted(Now.AddDays(-30).AddMilliseconds(1)));
        Reader.ListAsync(default!, default).ReturnsForAnyArgs(Listed(old, recent), Listed());
        Users.FindDeletedToChangeAsync(default, default).ReturnsForAnyArgs(old);
        Assert.Equal(1, await Get<PurgeExpiredUsers>().ExecuteAsync(Ct));
        await Users.Received(1).PurgeAsync(old, Ct);
        Assert.Equal((UserChangeKind.Purged, "eve"), (old.LastChange, old.UpdatedBy));
        await Users.DidNotReceive().PurgeAsync(recent, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task User_deleted_again_meanwhile_is_not_erased()
    {
        Reader.ListAsync(default!, default).ReturnsForAnyArgs(Listed(Deleted(Now.AddDays(-31))), Listed());
        Users.FindDeletedToChangeAsync(default, default).ReturnsForAnyArgs(Deleted(Now));
        Assert.Equal(0, await Get<PurgeExpiredUsers>().ExecuteAsync(Ct));
        await Users.DidNotReceiveWithAnyArgs().PurgeAsync(default!, default);
    }

    [Fact]
    public void Purge_time_is_never_after_the_last_year() =>
        Assert.Equal(DateTimeOffset.MaxValue, new Retention(TimeSpan.FromDays(30)).PurgeAt(DateTimeOffset.MaxValue.AddDays(-1)));

    [Fact]
    public async Task Deleted_user_shows_its_purge_time_and_is_the_same_in_the_list()
    {
        var user = Deleted(Now);
        Reader.GetDeletedAsync(7, Ct).Returns(user);
        Reader.ListAsync(default!, default).ReturnsForAnyArgs(Listed(user));
        var shown = (await Get<GetDeletedUser>().ExecuteAsync(7, Ct)).Value;
        Assert.Equal((Now, Now.AddDays(30)), (shown.DeletedAt, shown.PurgeAt));
        Assert.Equal(shown, Assert.Single((await Get<ListDeletedUsers>().ExecuteAsync(new(), Ct)).Value.Items));
    }

    private static User Deleted(DateTimeOffset at)
    {
        var user = User.Create(Ada().Details, at.AddDays(-1), "bob");
        user.Delete(at, "bob");
        return user;
    }
}

public sealed class WithoutRetention : UseCases
{
    [Fact]
    public async Task Without_retention_no_user_is_erased_and_no_purge_time_is_shown()
    {
        Reader.GetDeletedAsync(7, Ct).Returns(DeletedAda());
        Assert.Null((await Get<GetDeletedUser>().ExecuteAsync(7, Ct)).Value.PurgeAt);
        Assert.Equal(0, await Get<PurgeExpiredUsers>().ExecuteAsync(Ct));
        await Reader.DidNotReceiveWithAnyArgs().ListAsync(default!, default);
    }
}
