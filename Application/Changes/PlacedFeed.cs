using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Changes;

internal static class PlacedFeed
{
    /// <summary>Gives all changes that are committed their positions.</summary>
    public static async Task PlaceAllAsync(this IChangeFeed feed, CancellationToken ct)
    {
        while (await feed.PlaceAsync(ct)) ct.ThrowIfCancellationRequested();
    }

    /// <returns>The position of the newest change; 0 for an empty feed.</returns>
    public static async Task<long> GetEndAsync(this IChangeFeed feed, CancellationToken ct) => (await feed.GetNewestAsync(ct))?.Position ?? 0;
}
