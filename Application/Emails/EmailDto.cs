using CleanUsers.Domain.Emails;

namespace CleanUsers.Application.Emails;

/// <summary>An email to a user, as it is shown.</summary>
/// <param name="SentAt">When the mail server took it; null while it did not.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastError">Why the last try failed; null where none did.</param>
public sealed record EmailDto(
    long Id, string Subject, string Text, EmailStatus Status, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, int Attempts, string? LastError);
