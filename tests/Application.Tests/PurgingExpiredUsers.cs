using CleanUsers.Application.DeletedUsers;
using CleanUsers.Domain.Users;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class PurgingExpiredUsers() : UseCases(new Retention(TimeSpan.FromDays(30)))
{
    private static readonly IReadOnlyList<User> Nobody = [];

    [Fact]
    public async Task Who_is_longer_in_the_bin_is_erased_and_nobody_else()
    {
        var (old, recent) = (Deleted(Now.AddDays(-30)), Deleted(Now.AddDays(-30).AddMilliseconds(1)));
        Reader.ListAsync(default!, default).ReturnsForAnyArgs([old, recent], [Nobody]);
        Users.FindDeletedToChangeAsync(default, default).ReturnsForAnyArgs(old);
        Assert.Equal(1, await Get<PurgeExpiredUsers>().ExecuteAsync(Ct));
        await Users.Received(1).TryPurgeAsync(old, Ct);
        await Users.DidNotReceive().TryPurgeAsync(recent, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Who_was_deleted_anew_meanwhile_stays()
    {
        Reader.ListAsync(default!, default).ReturnsForAnyArgs([Deleted(Now.AddDays(-31))], [Nobody]);
        Users.FindDeletedToChangeAsync(default, default).ReturnsForAnyArgs(Deleted(Now));
        Assert.Equal(0, await Get<PurgeExpiredUsers>().ExecuteAsync(Ct));
        await Users.DidNotReceiveWithAnyArgs().TryPurgeAsync(default!, default);
    }

    [Fact]
    public async Task A_user_shows_when_its_time_is_over()
    {
        var user = Deleted(Now);
        Reader.GetDeletedAsync(7, Ct).Returns(user);
        Reader.ListAsync(default!, default).ReturnsForAnyArgs([user]);
        Assert.Equal(Now.AddDays(30), (await Get<GetDeletedUser>().ExecuteAsync(7, Ct)).Value.PurgeAt);
        Assert.Equal(Now.AddDays(30), Assert.Single((await Get<ListDeletedUsers>().ExecuteAsync(new(), Ct)).Value.Items).PurgeAt);
    }

    private static User Deleted(DateTimeOffset at)
    {
        var user = Ada();
        user.Delete(at, "bob");
        return user;
    }
}

public sealed class KeepingDeletedUsersForEver : UseCases
{
    [Fact]
    public async Task Nobody_is_erased_and_no_time_is_shown()
    {
        Reader.GetDeletedAsync(7, Ct).Returns(DeletedAda());
        Assert.Null((await Get<GetDeletedUser>().ExecuteAsync(7, Ct)).Value.PurgeAt);
        Assert.Equal(0, await Get<PurgeExpiredUsers>().ExecuteAsync(Ct));
        await Reader.DidNotReceiveWithAnyArgs().ListAsync(default!, default);
    }
}
