using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Changes;

internal static class PlacedFeed
{
    /// <summary>Gives all changes that are committed their positions.</summary>
    public static async Task PlaceAllAsync(this IChangeFeed feed, CancellationToken ct)
    {
        while (await feed.PlaceAsync(ct)) ct.ThrowIfCancellationRequested();
    }
}
