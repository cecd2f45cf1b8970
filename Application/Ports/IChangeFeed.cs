using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>
/// The changes of all users in the order of their commits. Each committed change has one position, or gets one when the feed is looked at. Whoever
/// sees a position sees all positions below it: changes that are committed later, however long their transactions took, have higher ones.
/// </summary>
public interface IChangeFeed
{
    /// <summary>Gives changes that are committed, and have no position yet, the next ones.</summary>
    /// <returns>Whether more of them may be left.</returns>
    Task<bool> PlaceAsync(CancellationToken ct);

    /// <summary>Changes that have positions, in their order.</summary>
    /// <param name="from">The position to begin with, which is included.</param>
    /// <param name="limit">At most so many.</param>
    Task<IReadOnlyList<PlacedChange>> ListAsync(long from, int limit, CancellationToken ct);

    /// <summary>The change that has the highest position; null if there is none.</summary>
    Task<PlacedChange?> GetNewestAsync(CancellationToken ct);
}

/// <param name="Position">From 1.</param>
public sealed record PlacedChange(long Position, UserChange Change);
