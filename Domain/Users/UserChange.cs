namespace CleanUsers.Domain.Users;

/// <summary>
/// The record of one change of a user: what was done, and the state after it. It never changes until the user is purged: then all records of the user
/// lose their states, and stay without personal data.
/// </summary>
public sealed class UserChange
{
    private UserChange()
    {
    }

    public long UserId { get; private set; }

    /// <summary>That the change gave to the user.</summary>
    public long Version { get; private set; }

    public UserChangeKind Kind { get; private set; }

    /// <summary>Null, as the rest of the state is, once the user was purged.</summary>
    public string? Email { get; private set; }

    public string? Name { get; private set; }

    public int? Age { get; private set; }

    public UserRole? Role { get; private set; }

    public UserStatus? Status { get; private set; }

    public DateTimeOffset? CreatedAt { get; private set; }

    /// <summary>When the change was made.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Who made the change.</summary>
    public string UpdatedBy { get; private set; } = "";

    /// <summary>The record of the change that was made last.</summary>
    public static UserChange Of(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (user.LastChange == default) throw new ArgumentException("The user was not changed.", nameof(user));
        var change = new UserChange
        {
            UserId = user.Id,
            Version = user.Version,
            Kind = user.LastChange,
            UpdatedAt = user.UpdatedAt,
            UpdatedBy = user.UpdatedBy,
        };
        if (change.Kind == UserChangeKind.Purged) return change;
        (change.Email, change.Name, change.Age) = (user.Email, user.Name, user.Age);
        (change.Role, change.Status, change.CreatedAt) = (user.Role, user.Status, user.CreatedAt);
        return change;
    }
}
