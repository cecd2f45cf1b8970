using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.ApiKeys;

/// <summary>
/// What a client authenticates with that can't fetch tokens. The key itself is shown once and never stored: its digest is enough to recognise it.
/// </summary>
public sealed class ApiKey
{
    /// <summary>In code points.</summary>
    public const int NameMaxLength = UserName.MaxLength;

    /// <summary>In characters.</summary>
    public const int ScopeMaxLength = 500;

    /// <summary>How long the key before the current one is valid after a rotation.</summary>
    public static readonly TimeSpan RotationTime = TimeSpan.FromHours(24);

    /// <summary>How exactly the last use is known: it is a write.</summary>
    public static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);

    private ApiKey()
    {
    }

    /// <summary>Positive, given by the store when the key is saved; never used again.</summary>
    public long Id { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>What it allows: all scopes, with a space between them (RFC 6749 section 3.3).</summary>
    public string Scope { get; private set; } = "";

    public IReadOnlyList<string> Scopes => Scope.Split(' ');

    /// <summary>The digest of the current key.</summary>
    public string Digest { get; private set; } = "";

    /// <summary>The first characters of the current key, by which people recognise it.</summary>
    public string Start { get; private set; } = "";

    /// <summary>The digest of the key before the current one; valid too until its expiry.</summary>
    public string? PreviousDigest { get; private set; }

    public DateTimeOffset? PreviousExpiresAt { get; private set; }

    /// <summary>Null if it never expires.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>Null if it was never used; up to <see cref="UseInterval"/> older than the last use.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>
    /// Whether a caller without a token made or rotated this key, or a caller with such a key did. It is accepted only while requests without a token
    /// are.
    /// </summary>
    public bool IsAnonymous { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public string CreatedBy { get; private set; } = "";

    /// <summary>When it was rotated last, or else created.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    public string UpdatedBy { get; private set; } = "";

    /// <summary>From 1, one more with every write, also of its last use.</summary>
    public long Version { get; private set; }

    /// <param name="name">For people; not unique.</param>
    /// <param name="scopes">What it allows; at least one.</param>
    /// <param name="expiresAt">Null if it never expires.</param>
    /// <param name="key">What is stored of the key itself.</param>
    /// <param name="now">The time.</param>
    /// <param name="by">Who makes it.</param>
    /// <param name="isAnonymous">See <see cref="IsAnonymous"/>.</param>
    public static ApiKey Create(
        string name, IReadOnlyList<string> scopes, DateTimeOffset? expiresAt, StoredKey key, DateTimeOffset now, string by, bool isAnonymous)
    {
        ArgumentNullException.ThrowIfNull(key);
        var time = User.ToMilliseconds(now);
        return new()
        {
            Name = name,
            Scope = string.Join(' ', scopes),
            Digest = key.Digest,
            Start = key.Start,
            ExpiresAt = expiresAt,
            IsAnonymous = isAnonymous,
            CreatedAt = time,
            CreatedBy = by,
            UpdatedAt = time,
            UpdatedBy = by,
            Version = 1,
        };
    }

    /// <summary>When the key with this digest, the current one or the one before, is no longer valid.</summary>
    public DateTimeOffset ExpiryOf(string digest)
    {
        var end = digest == Digest ? DateTimeOffset.MaxValue
            : digest == PreviousDigest ? PreviousExpiresAt!.Value
            : DateTimeOffset.MinValue;
        return ExpiresAt < end ? ExpiresAt.Value : end;
    }

    /// <summary>Replaces the key. The one before is valid too for <see cref="RotationTime"/>: in this time the client can change.</summary>
    /// <returns>False if it has expired: nothing changed.</returns>
    public bool Rotate(StoredKey key, DateTimeOffset now, string by, bool isAnonymous)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (ExpiresAt <= now) return false;
        (PreviousDigest, PreviousExpiresAt) = (Digest, User.ToMilliseconds(now + RotationTime));
        (Digest, Start) = (key.Digest, key.Start);
        IsAnonymous |= isAnonymous;
        (UpdatedAt, UpdatedBy) = (User.ToMilliseconds(now), by);
        Version++;
        return true;
    }

    /// <summary>Whether a use at this time is to be recorded.</summary>
    public bool IsUseDue(DateTimeOffset now) => LastUsedAt is not { } last || now >= last + UseInterval;

    /// <returns>False if a use was recorded less than <see cref="UseInterval"/> before: nothing changed.</returns>
    public bool Use(DateTimeOffset now)
    {
        if (!IsUseDue(now)) return false;
        LastUsedAt = User.ToMilliseconds(now);
        Version++;
        return true;
    }
}

/// <summary>What is stored of a key.</summary>
/// <param name="Digest">SHA-256, in hexadecimal.</param>
/// <param name="Start">Its first characters.</param>
public sealed record StoredKey(string Digest, string Start)
{
    /// <summary>In characters, of <see cref="Digest"/>.</summary>
    public const int DigestLength = 64;

    /// <summary>
    /// In characters, of <see cref="Start"/>: the prefix of all keys and six more. 24 random ones are left, which nobody can guess.
    /// </summary>
    public const int StartLength = 10;
}
