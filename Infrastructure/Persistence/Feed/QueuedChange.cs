namespace CleanUsers.Infrastructure.Persistence.Feed;

/// <summary>
/// A change without a position in the feed. It gets one from the next reader, or from the background service, after its commit: see
/// <see cref="ServerUsersDbContext.PlaceChangesAsync"/>.
/// </summary>
internal sealed class QueuedChange : IFeedItem
{
    /// <summary>In the order of inserts: of two changes of a user, the later one has the higher number.</summary>
    public long Id { get; init; }

    public required long UserId { get; init; }

    public required long Version { get; init; }
}

/// <summary>The one row whose lock lets one transaction at a time add to the feed.</summary>
internal sealed class FeedEnd
{
    public const int OnlyId = 1;

    public int Id { get; init; }

    /// <summary>The highest position so far.</summary>
    public long Position { get; init; }
}
