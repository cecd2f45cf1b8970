using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>
/// The changes of all users in the order of their commits. Each committed change has one position, or gets one when the feed is read. A reader that
/// sees a position sees all positions below it: changes that are committed later, however long their transactions took, have higher ones.
/// </summary>
public interface IChangeFeed
{
    /// <summary>Gives changes that are committed, and have no position yet, the next positions.</summary>
    /// <returns>Whether more of them may be left.</returns>
    Task<bool> PlaceAsync(CancellationToken ct);

    /// <summary>Changes that have positions, in their order.</summary>
    /// <param name="from">The position to begin with, which is included.</param>
    /// <param name="limit">At most so many.</param>
    Task<IReadOnlyList<PlacedChange>> ListAsync(long from, int limit, CancellationToken ct);

    /// <summary>The change that has the highest position; null if the feed is empty.</summary>
    Task<PlacedChange?> GetNewestAsync(CancellationToken ct);

    /// <summary>The highest position; 0 for an empty feed.</summary>
    Task<long> GetEndAsync(CancellationToken ct);

    /// <summary>
    /// Stores the newest position with the present time. The time of a change does not show when it came into the feed: that of an imported user is
    /// from its file.
    /// </summary>
    Task MarkAsync(DateTimeOffset now, CancellationToken ct);

    /// <summary>
    /// Deletes some of the changes that had positions at a time, the oldest first. The newest of them stays: cursors name the change that they
    /// follow.
    /// </summary>
    /// <param name="end">The time; the last one before it that was remembered counts.</param>
    /// <returns>How many were deleted; 0 where none is left to delete.</returns>
    Task<int> DeleteOldestAsync(DateTimeOffset end, CancellationToken ct);
}

/// <param name="Position">From 1.</param>
public sealed record PlacedChange(long Position, UserChange Change);
