namespace CleanUsers.Domain.Users;

/// <summary>
/// The record of one change of a user: what was done, and the state after it. It never changes, and goes with its user when that is purged.
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

    public string Email { get; private set; } = "";

    public string? Name { get; private set; }

    public int? Age { get; private set; }

    public UserRole Role { get; private set; }

    public UserStatus Status { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When the change was made.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Who made the change.</summary>
    public string UpdatedBy { get; private set; } = "";

    /// <summary>The record of the change that was made last.</summary>
    public static UserChange Of(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return new()
        {
            UserId = user.Id,
            Version = user.Version,
            Kind = user.LastChange,
            Email = user.Email,
            Name = user.Name,
            Age = user.Age,
            Role = user.Role,
            Status = user.Status,
            CreatedAt = user.CreatedAt,
            UpdatedAt = user.UpdatedAt,
            UpdatedBy = user.UpdatedBy,
        };
    }
}
