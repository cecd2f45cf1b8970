using CleanUsers.Domain.Users;

namespace CleanUsers.Application.DeletedUsers;

/// <summary>How long deleted users are kept before they are erased.</summary>
/// <param name="Time">Null: for ever.</param>
public sealed record Retention(TimeSpan? Time)
{
    /// <summary>From when on the user may be erased; null where it is kept for ever.</summary>
    public DateTimeOffset? PurgeAt(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user.DeletedAt + Time;
    }
}
