using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Emails;
using FluentValidation;

namespace CleanUsers.Application.Emails;

public sealed record QueueEmailCommand(long UserId, Parsed<string> Subject, Parsed<string> Text)
{
    /// <summary>One line: a line break in a header could begin another header (RFC 5322 section 2.2).</summary>
    public static Parsed<string> ParseSubject(string? text) => Parse(text, nameof(Subject), Email.SubjectMaxLength).Then(subject =>
        subject.EnumerateRunes().Any(UnicodeText.IsControl)
            ? Parsed.Rejected<string>("invalid-character", "Subject must be one line, without control characters.")
            : subject);

    public static Parsed<string> ParseText(string? text) => Parse(text, nameof(Text), Email.TextMaxLength).Then(body =>
        body.EnumerateRunes().Any(rune => rune.Value is not ('\n' or '\r' or '\t') && UnicodeText.IsControl(rune))
            ? Parsed.Rejected<string>("invalid-character", "Text must not have control characters but line breaks and tabs.")
            : body);

    private static Parsed<string> Parse(string? text, string member, int maxLength)
    {
        if (text is null) return Parsed.Rejected<string>("required", $"{member} is required.");
        if (!text.IsWellFormed()) return Parsed.Rejected<string>("invalid-text", $"{member} must be Unicode text.");
        if (string.IsNullOrWhiteSpace(text)) return Parsed.Rejected<string>("too-short", $"{member} must have 1 to {maxLength} characters.");
        return text.EnumerateRunes().Count() > maxLength
            ? Parsed.Rejected<string>("too-long", $"{member} must have at most {maxLength} characters.")
            : text;
    }
}

internal sealed class QueueEmailValidator : AbstractValidator<QueueEmailCommand>
{
    public QueueEmailValidator()
    {
        RuleFor(email => email.Subject).IsAccepted();
        RuleFor(email => email.Text).IsAccepted();
    }
}

/// <summary>Puts an email to a user into the queue; it is delivered later.</summary>
public sealed class QueueEmail(
    IValidator<QueueEmailCommand> validator, IUserReader users, IEmailRepository emails, ICaller caller, TimeProvider clock, IMapper mapper)
{
    /// <returns>The email, or <c>validation-failed</c>, <c>user-not-found</c>.</returns>
    public async Task<Result<EmailDto>> ExecuteAsync(QueueEmailCommand command, CancellationToken ct)
    {
        var validation = validator.Validate(command);
        if (!validation.IsValid) return validation.ToInvalid();
        if (await users.GetAsync(command.UserId, ct) is null) return Failure.UserNotFound(command.UserId);

        var email = Email.Create(command.UserId, command.Subject.Value, command.Text.Value, clock.GetUtcNow(), caller.Name);
        // false: the user was purged meanwhile
        return await emails.TryAddAsync(email, ct) ? Result.Created(mapper.Map<EmailDto>(email)) : Failure.UserNotFound(command.UserId);
    }
}
