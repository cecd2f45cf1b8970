using CleanUsers.Application.Changes;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class DeletingOldChanges() : UseCases(changeRetention: new(TimeSpan.FromDays(30)))
{
    [Fact]
    public async Task Changes_past_the_retention_time_are_deleted_in_batches()
    {
        Feed.DeleteOldestAsync(Clock.GetUtcNow().AddDays(-30), Ct).Returns(500, 20, 0);
        Assert.Equal(520, await Get<DeleteOldChanges>().ExecuteAsync(Ct));
        await Feed.Received(1).MarkAsync(Clock.GetUtcNow(), Ct);
    }
}

public sealed class KeepingAllChanges : UseCases
{
    [Fact]
    public async Task Without_a_retention_time_nothing_is_deleted_or_marked()
    {
        Assert.Equal(0, await Get<DeleteOldChanges>().ExecuteAsync(Ct));
        Assert.Empty(Feed.ReceivedCalls());
    }
}
