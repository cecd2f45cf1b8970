namespace CleanUsers.Domain.Users;

/// <summary>
/// A user of the directory. It changes only through its methods; each change raises <see cref="Version"/> by one and records when
/// it was made and by whom. A deleted user keeps everything until it is purged, and can only be restored.
/// </summary>
public sealed class User
{
    public const int MinAge = 0;
    public const int MaxAge = 150;

    /// <summary>The role of a user whose creator names none.</summary>
    public const UserRole DefaultRole = UserRole.User;

    /// <summary>The status of a user whose creator names none.</summary>
    public const UserStatus DefaultStatus = UserStatus.Active;

    /// <summary>In characters: the subject of a token has at most 255 (OpenID Connect Core section 2).</summary>
    public const int ActorMaxLength = 255;

    private User()
    {
    }

    /// <summary>Positive, given by the store when the user is saved; never used again, not even after a purge.</summary>
    public long Id { get; private set; }

    /// <summary>The address as written.</summary>
    public string Email { get; private set; } = "";

    /// <summary>The <see cref="EmailAddress.Key"/>: unique among users that are not deleted.</summary>
    public string EmailKey { get; private set; } = "";

    public string? Name { get; private set; }

    /// <summary>What sorting by name compares, by code point: the name, or nothing, which comes first.</summary>
    public string SortName { get; private set; } = "";

    /// <summary>What a search looks at, see <see cref="Users.SearchText"/>.</summary>
    public string SearchText { get; private set; } = "";

    /// <summary>In years.</summary>
    public int? Age { get; private set; }

    public UserRole Role { get; private set; }

    public UserStatus Status { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public string CreatedBy { get; private set; } = "";

    public DateTimeOffset UpdatedAt { get; private set; }

    public string UpdatedBy { get; private set; } = "";

    /// <summary>From 1, one more with every change.</summary>
    public long Version { get; private set; }

    public DateTimeOffset? DeletedAt { get; private set; }

    public string? DeletedBy { get; private set; }

    /// <summary>What the last change did; not set in a user that was read and not changed.</summary>
    public UserChangeKind LastChange { get; private set; }

    public bool IsDeleted => DeletedAt is not null;

    /// <summary>All that a client decides about the user; what a change is compared with.</summary>
    public UserDetails Details => new(
        Email: EmailAddress.Stored(Email, EmailKey),
        Name: Name is null ? null : UserName.Stored(Name),
        Age: Age,
        Role: Role,
        Status: Status);

    public static User Create(UserDetails details, DateTimeOffset now, string by)
    {
        var user = new User { CreatedAt = ToMilliseconds(now), CreatedBy = by };
        user.Set(details);
        user.Touch(UserChangeKind.Created, now, by);
        return user;
    }

    /// <summary>A user from a file, with the times, the actors and the version that it had.</summary>
    public static User Import(UserDetails details, UserAudit audit)
    {
        ArgumentNullException.ThrowIfNull(audit);
        if (audit.Version < 1 || audit.UpdatedAt < audit.CreatedAt)
            throw new ArgumentException("The version must be at least 1, and the update not before the creation.", nameof(audit));
        var user = Create(details, audit.CreatedAt, audit.CreatedBy);
        (user.UpdatedAt, user.UpdatedBy, user.Version) = (ToMilliseconds(audit.UpdatedAt), audit.UpdatedBy, audit.Version);
        return user;
    }

    /// <summary>Takes a new state; a change of a part is <see cref="Details"/> with that part changed.</summary>
    /// <param name="touches">Whether something changes with it that is stored beside the user: then the version grows in any case.</param>
    /// <returns>False if the user has this state already; nothing changed.</returns>
    public bool Replace(UserDetails details, DateTimeOffset now, string by, bool touches = false)
    {
        if (IsDeleted) throw new InvalidOperationException("A deleted user can't be changed, only restored.");
        if (details == Details && !touches) return false;
        Set(details);
        Touch(UserChangeKind.Updated, now, by);
        return true;
    }

    /// <summary>Deletes the user: moves it to the recycle bin.</summary>
    /// <returns>False if it is deleted already; nothing changed.</returns>
    public bool Delete(DateTimeOffset now, string by)
    {
        if (IsDeleted) return false;
        Touch(UserChangeKind.Deleted, now, by);
        // not UpdatedAt: that of an imported user can be in the future, and its retention time would begin only then
        (DeletedAt, DeletedBy) = (ToMilliseconds(now), by);
        return true;
    }

    /// <summary>Restores the user from the recycle bin.</summary>
    /// <param name="email">Another address for it; null keeps the one it had.</param>
    /// <returns>False if it is not deleted; nothing changed.</returns>
    public bool Restore(DateTimeOffset now, string by, EmailAddress? email = null)
    {
        if (!IsDeleted) return false;
        (DeletedAt, DeletedBy) = (null, null);
        if (email is not null) Set(email);
        Touch(UserChangeKind.Restored, now, by);
        return true;
    }

    /// <summary>Makes the last change of a deleted user, which is erased for good.</summary>
    /// <returns>False if it is not deleted; nothing changed.</returns>
    public bool Purge(DateTimeOffset now, string by)
    {
        if (!IsDeleted) return false;
        Touch(UserChangeKind.Purged, now, by);
        return true;
    }

    /// <summary>The time, cut to what every database keeps and every response shows: whole milliseconds.</summary>
    internal static DateTimeOffset ToMilliseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMillisecond));

    private static int? InRange(int? age) => age is null or (>= MinAge and <= MaxAge)
        ? age
        : throw new ArgumentOutOfRangeException(nameof(age), age, $"Age must be between {MinAge} and {MaxAge}.");

    private void Set(UserDetails details)
    {
        ArgumentNullException.ThrowIfNull(details);
        (Name, SortName) = (details.Name?.Value, details.Name?.Value ?? "");
        Set(details.Email);
        Age = InRange(details.Age);
        Role = details.Role;
        Status = details.Status;
    }

    /// <summary>After the name, which is part of the search text.</summary>
    private void Set(EmailAddress email) =>
        (Email, EmailKey, SearchText) = (email.Value, email.Key, Users.SearchText.Of(email.Value, email.Key, Name));

    private void Touch(UserChangeKind change, DateTimeOffset time, string by)
    {
        var now = ToMilliseconds(time);
        // not before the change before it: the clock of another replica may be behind, and an imported user may have been changed by one ahead
        (LastChange, UpdatedAt, UpdatedBy) = (change, now < UpdatedAt ? UpdatedAt : now, by);
        Version++;
    }
}

/// <summary>All that a client decides about a user.</summary>
public sealed record UserDetails(EmailAddress Email, UserName? Name, int? Age, UserRole Role, UserStatus Status);

/// <summary>What a user brings along that was a user before, in another directory or in this one.</summary>
/// <param name="UpdatedAt">Not before <paramref name="CreatedAt"/>.</param>
/// <param name="Version">From 1.</param>
public sealed record UserAudit(DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt, string UpdatedBy, long Version);
