namespace CleanUsers.Application.DeletedUsers;

/// <summary>How long deleted users are kept before they are erased.</summary>
/// <param name="Time">Null if they are never erased.</param>
public sealed record Retention(TimeSpan? Time)
{
    /// <summary>When the user may be erased at the earliest; null if it is never erased.</summary>
    /// <param name="deletedAt">Null if it is not deleted.</param>
    public DateTimeOffset? PurgeAt(DateTimeOffset? deletedAt) =>
        deletedAt is { } deleted && Time is { } time ? deleted < DateTimeOffset.MaxValue - time ? deleted + time : DateTimeOffset.MaxValue : null;
}
