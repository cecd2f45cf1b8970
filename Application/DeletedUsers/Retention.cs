using CleanUsers.Domain.Users;

namespace CleanUsers.Application.DeletedUsers;

/// <summary>How long deleted users are kept before they are erased.</summary>
/// <param name="Time">Null if they are never erased.</param>
public sealed record Retention(TimeSpan? Time)
{
    /// <summary>When the user may be erased at the earliest; null if it is never erased.</summary>
    public DateTimeOffset? PurgeAt(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user.DeletedAt + Time;
    }
}
