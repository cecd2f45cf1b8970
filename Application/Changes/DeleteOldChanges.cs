using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Changes;

/// <summary>
/// Deletes the changes whose retention time is over, from the feed and from the histories. Several processes may do so at once, and it can be stopped
/// anywhere.
/// </summary>
public sealed class DeleteOldChanges(IChangeFeed feed, ChangeRetention retention, TimeProvider clock)
{
    /// <returns>How many changes were deleted; 0 where they are kept for ever.</returns>
    public async Task<long> ExecuteAsync(CancellationToken ct)
    {
        if (retention.Time is not { } time) return 0;
        var now = clock.GetUtcNow();
        await feed.MarkAsync(now, ct);
        var deleted = 0L;
        while (await feed.DeleteOldestAsync(now - time, ct) is var batch and > 0) deleted += batch;
        return deleted;
    }
}
