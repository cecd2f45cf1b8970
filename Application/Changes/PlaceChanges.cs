using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Changes;

/// <summary>
/// Gives new changes their positions, and wakes those that wait for them. Readers need it only to be woken: each gives the positions itself before it
/// reads.
/// </summary>
public sealed class PlaceChanges(IChangeFeed feed, FeedSignal signal)
{
    public async Task ExecuteAsync(CancellationToken ct)
    {
        await feed.PlaceAllAsync(ct);
        signal.Reach(await feed.GetEndAsync(ct));
    }
}
