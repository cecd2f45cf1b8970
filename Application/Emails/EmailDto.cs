using AutoMapper;
using CleanUsers.Domain.Emails;

namespace CleanUsers.Application.Emails;

/// <summary>An email to a user, as it is shown.</summary>
/// <param name="SentAt">When the mail server accepted it; null before that.</param>
/// <param name="Attempts">How many attempts have begun.</param>
/// <param name="LastError">Why the last attempt failed; null if no attempt has failed.</param>
public sealed record EmailDto(
    long Id, string Subject, string Text, EmailStatus Status, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, int Attempts, string? LastError);

/// <summary>One way, entity to DTO.</summary>
internal sealed class EmailProfile : Profile
{
    public EmailProfile() => CreateMap<Email, EmailDto>();
}
