using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.Webhooks;

/// <summary>
/// A receiver of events, and its position in the feed of changes. A worker leases a webhook before it sends to it, so that events arrive one after
/// the other. If the worker dies, the lease expires and another worker takes over.
/// </summary>
public sealed class Webhook
{
    /// <summary>In characters, all of which are ASCII.</summary>
    public const int UrlMaxLength = 2000;

    /// <summary>In code points.</summary>
    public const int DescriptionMaxLength = 200;

    /// <summary>In UTF-16 code units.</summary>
    public const int ReasonMaxLength = 500;

    /// <summary>In characters: <c>whsec_</c> and 64 bytes in base64, the most that Standard Webhooks allows.</summary>
    public const int SecretMaxLength = 6 + 88;

    /// <summary>How many failed attempts are kept of each webhook.</summary>
    public const int KeptFailures = 100;

    /// <summary>How long the secret before the current one signs too.</summary>
    public static readonly TimeSpan RotationTime = TimeSpan.FromHours(24);

    /// <summary>How long attempts may fail in a row before the webhook is disabled.</summary>
    public static readonly TimeSpan FailureTime = TimeSpan.FromDays(3);

    // of Standard Webhooks; the last one is repeated
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10),
    ];

    private Webhook()
    {
    }

    /// <summary>Positive, given by the store when the webhook is saved; never used again.</summary>
    public long Id { get; private set; }

    public string Url { get; private set; } = "";

    /// <summary>Each at most once; null for all.</summary>
    public IReadOnlyList<UserChangeKind>? Kinds { get; private set; }

    public string? Description { get; private set; }

    public WebhookStatus Status { get; private set; }

    /// <summary>Why the service disabled it; null if it is active, or a client disabled it.</summary>
    public string? DisabledReason { get; private set; }

    /// <summary>Signs what is sent.</summary>
    public string Secret { get; private set; } = "";

    /// <summary>The secret before the current one; signs too until its expiry.</summary>
    public string? PreviousSecret { get; private set; }

    public DateTimeOffset? PreviousSecretExpiresAt { get; private set; }

    /// <summary>The position in the feed of the last change that was delivered, or is of a kind that is not sent.</summary>
    public long Position { get; private set; }

    /// <summary>How often a client has set the position. A worker that began before must not overwrite it.</summary>
    public int Moves { get; private set; }

    /// <summary>When all changes up to then were delivered, or a client set the position: since when at the earliest the next change waits.</summary>
    public DateTimeOffset CaughtUpAt { get; private set; }

    /// <summary>When the next attempt may be made, after a failure; without one there is nothing to wait for.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Until when a worker has it to itself; null if no worker has it.</summary>
    public DateTimeOffset? LeasedUntil { get; private set; }

    /// <summary>The number of failed attempts in a row.</summary>
    public int FailedAttempts { get; private set; }

    /// <summary>When the first of the failed attempts in a row was made.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>Why the last attempt failed, in plain words; null after a success.</summary>
    public string? LastError { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public string CreatedBy { get; private set; } = "";

    public DateTimeOffset UpdatedAt { get; private set; }

    public string UpdatedBy { get; private set; } = "";

    /// <summary>From 1, one more with every change that a client sees.</summary>
    public long Version { get; private set; }

    /// <summary>From 1, one more with every write, also of a worker; what the store compares.</summary>
    public long Revision { get; private set; }

    public WebhookDetails Details => new(Url, Kinds, Description, Status);

    /// <param name="end">The position of the newest change: the webhook begins after it.</param>
    public static Webhook Create(WebhookDetails details, string secret, long end, DateTimeOffset now, string by)
    {
        ArgumentNullException.ThrowIfNull(details);
        var time = User.ToMilliseconds(now);
        return new()
        {
            Url = details.Url,
            Kinds = details.Kinds,
            Description = details.Description,
            Status = details.Status,
            Secret = secret,
            Position = end,
            CaughtUpAt = time,
            DueAt = time,
            CreatedAt = time,
            CreatedBy = by,
            UpdatedAt = time,
            UpdatedBy = by,
            Version = 1,
            Revision = 1,
        };
    }

    /// <summary>
    /// Gives it other details. A webhook with another URL, and one that is active again, is tried at once, and goes on where it stopped.
    /// </summary>
    /// <returns>False if nothing changed.</returns>
    public bool Replace(WebhookDetails details, DateTimeOffset now, string by)
    {
        ArgumentNullException.ThrowIfNull(details);
        var isSame = details with { Kinds = null } == Details with { Kinds = null }
            && (details.Kinds is null ? Kinds is null : Kinds is not null && details.Kinds.SequenceEqual(Kinds));
        if (isSame) return false;
        if (details.Url != Url || (details.Status == WebhookStatus.Active && Status == WebhookStatus.Disabled)) ForgetFailures(now);
        if (details.Status != Status) DisabledReason = null;
        (Url, Kinds, Description, Status) = (details.Url, details.Kinds, details.Description, details.Status);
        Change(now, by);
        return true;
    }

    /// <summary>Gives it another secret. The one before signs too for <see cref="RotationTime"/>: in this time the receiver can change.</summary>
    public void Rotate(string secret, DateTimeOffset now, string by)
    {
        (PreviousSecret, PreviousSecretExpiresAt, Secret) = (Secret, User.ToMilliseconds(now + RotationTime), secret);
        Change(now, by);
    }

    /// <summary>The secrets that sign at this time, the current one first.</summary>
    public IReadOnlyList<string> SecretsAt(DateTimeOffset now) =>
        PreviousSecret is not null && PreviousSecretExpiresAt > now ? [Secret, PreviousSecret] : [Secret];

    /// <summary>Whether changes of this kind are sent.</summary>
    public bool Wants(UserChangeKind kind) => Kinds?.Contains(kind) != false;

    /// <summary>Goes back, or forward, to another position in the feed, whatever a worker is just sending.</summary>
    public void MoveTo(long position, DateTimeOffset now)
    {
        Position = position;
        CaughtUpAt = User.ToMilliseconds(now);
        Moves++;
        ForgetFailures(now);
        Revision++;
    }

    /// <summary>Leases the webhook until the time given.</summary>
    /// <returns>False where it is disabled, waits for its next attempt, or is leased: nothing changed.</returns>
    public bool TryLease(DateTimeOffset now, DateTimeOffset until)
    {
        // only after a failure is there something to wait for: a clock that was ahead at the last delivery may have left a time that is far away
        var isWaiting = FailedAttempts > 0 && DueAt > now;
        if (Status != WebhookStatus.Active || isWaiting || LeasedUntil > now) return false;
        LeasedUntil = User.ToMilliseconds(until);
        Revision++;
        return true;
    }

    /// <summary>Gives the lease up.</summary>
    public void Release()
    {
        LeasedUntil = null;
        Revision++;
    }

    /// <summary>All changes up to this position were delivered, or are not sent.</summary>
    /// <param name="position">The position.</param>
    /// <param name="delivered">Whether an attempt succeeded.</param>
    /// <param name="isEnd">Whether the feed has no change after it.</param>
    /// <param name="now">The time.</param>
    public void Advance(long position, bool delivered, bool isEnd, DateTimeOffset now)
    {
        Position = position;
        if (isEnd) CaughtUpAt = User.ToMilliseconds(now);
        if (delivered) ForgetFailures(now);
        Revision++;
    }

    /// <summary>
    /// An attempt failed: the pause before the next attempt grows each time, and after <see cref="FailureTime"/> the webhook is disabled.
    /// </summary>
    /// <param name="reason">Why it failed.</param>
    /// <param name="retryAfter">How long the receiver demands to wait at least.</param>
    /// <param name="now">The time.</param>
    /// <param name="by">Who disables it.</param>
    public void Fail(string reason, TimeSpan? retryAfter, DateTimeOffset now, string by)
    {
        FailingSince ??= User.ToMilliseconds(now);
        FailedAttempts++;
        LastError = reason.ToPlainLine(ReasonMaxLength);
        Revision++;
        var end = FailingSince.Value + FailureTime;
        if (now >= end)
        {
            Disable($"All attempts failed for three days, the last one because: {LastError}", now, by);
            return;
        }

        var pause = Pauses[Math.Min(FailedAttempts, Pauses.Length) - 1];
        if (retryAfter > pause) pause = retryAfter < Pauses[^1] ? retryAfter.Value : Pauses[^1];
        DueAt = now + pause < end ? User.ToMilliseconds(now + pause) : end;
    }

    /// <summary>Nothing is sent any more until a client activates it again.</summary>
    public void Disable(string reason, DateTimeOffset now, string by)
    {
        if (Status == WebhookStatus.Disabled) return;
        (Status, DisabledReason) = (WebhookStatus.Disabled, reason.ToPlainLine(ReasonMaxLength));
        Change(now, by);
    }

    private void ForgetFailures(DateTimeOffset now)
    {
        (FailedAttempts, FailingSince, LastError) = (0, null, null);
        DueAt = User.ToMilliseconds(now);
    }

    private void Change(DateTimeOffset now, string by)
    {
        (UpdatedAt, UpdatedBy) = (User.ToMilliseconds(now), by);
        Version++;
        Revision++;
    }
}

/// <summary>What a client decides about a webhook.</summary>
/// <param name="Url">Where events are sent to.</param>
/// <param name="Kinds">The kinds of changes that are sent; null for all.</param>
public sealed record WebhookDetails(string Url, IReadOnlyList<UserChangeKind>? Kinds, string? Description, WebhookStatus Status);
