using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.Emails;

/// <summary>
/// A message to a user, and its place in the queue. A worker leases an email before sending it. If the worker dies, the lease expires and another
/// worker takes over.
/// </summary>
public sealed class Email
{
    /// <summary>In code points.</summary>
    public const int SubjectMaxLength = 200;

    /// <summary>In code points.</summary>
    public const int TextMaxLength = 20_000;

    /// <summary>In UTF-16 code units.</summary>
    public const int ErrorMaxLength = 500;

    /// <summary>How many attempts are made before the email fails.</summary>
    public const int MaxAttempts = 8;

    /// <summary>Why an email fails that waited when its user was deleted.</summary>
    public const string UserDeleted = "The user was deleted.";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(4);

    private Email()
    {
    }

    /// <summary>Positive, given by the store when the email is saved; never used again.</summary>
    public long Id { get; private set; }

    /// <summary>The recipient; the email goes to the address that the user has when it is sent.</summary>
    public long UserId { get; private set; }

    public string Subject { get; private set; } = "";

    public string Text { get; private set; } = "";

    public EmailStatus Status { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public string CreatedBy { get; private set; } = "";

    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>How often a worker leased it.</summary>
    public int Attempts { get; private set; }

    /// <summary>Why the last attempt failed, in plain words.</summary>
    public string? LastError { get; private set; }

    /// <summary>From when on a worker may lease it; null once it is not queued any more.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>From 1, one more with every change.</summary>
    public long Version { get; private set; }

    public static Email Create(long userId, string subject, string text, DateTimeOffset now, string by)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(text);
        var time = User.ToMilliseconds(now);
        return new Email { UserId = userId, Subject = subject, Text = text, CreatedAt = time, CreatedBy = by, DueAt = time, Version = 1 };
    }

    /// <summary>Leases the email until the time given.</summary>
    /// <returns>False where the email is not queued, or is leased: nothing changed.</returns>
    public bool TryLease(DateTimeOffset now, DateTimeOffset until)
    {
        if (DueAt is null || DueAt > now) return false;
        DueAt = User.ToMilliseconds(until);
        Attempts++;
        Version++;
        return true;
    }

    /// <summary>It was delivered.</summary>
    public void Deliver(DateTimeOffset now)
    {
        (Status, SentAt, LastError) = (EmailStatus.Sent, User.ToMilliseconds(now), null);
        Leave();
    }

    /// <summary>An attempt failed: the pause before the next attempt grows each time, and after the last attempt the email fails.</summary>
    public void Postpone(DateTimeOffset now, string reason)
    {
        if (Attempts >= MaxAttempts)
        {
            Fail(reason);
            return;
        }

        LastError = reason.ToPlainLine(ErrorMaxLength);
        DueAt = User.ToMilliseconds(now + Pause(Attempts));
        Version++;
    }

    /// <summary>It can't be delivered, however often it is tried.</summary>
    public void Fail(string reason)
    {
        (Status, LastError) = (EmailStatus.Failed, reason.ToPlainLine(ErrorMaxLength));
        Leave();
    }

    private static TimeSpan Pause(int attempts)
    {
        var pause = FirstPause * Math.Pow(4, attempts - 1);
        return pause < LongestPause ? pause : LongestPause;
    }

    private void Leave()
    {
        DueAt = null;
        Version++;
    }
}
