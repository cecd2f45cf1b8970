using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Emails;
using FluentValidation;

namespace CleanUsers.Application.Emails;

public sealed record QueueEmailCommand(long UserId, string? Subject, string? Text);

internal sealed class QueueEmailValidator : AbstractValidator<QueueEmailCommand>
{
    public QueueEmailValidator()
    {
        RuleFor(email => email.Subject).Custom((text, context) =>
        {
            Check(text, Email.SubjectMaxLength, context);
            // a line break in a header could begin another header (RFC 5322 section 2.2)
            if (text is not null && text.EnumerateRunes().Any(UnicodeText.IsControl)) context.AddFault(new("invalid-character", "Subject must be one line, without control characters."));
        });
        RuleFor(email => email.Text).Custom((text, context) =>
        {
            Check(text, Email.TextMaxLength, context);
            if (text is not null && text.EnumerateRunes().Any(rune => rune.Value is not ('\n' or '\r' or '\t') && UnicodeText.IsControl(rune)))
                context.AddFault(new("invalid-character", "Text must not have control characters but line breaks and tabs."));
        });
    }

    private static void Check(string? text, int maxLength, ValidationContext<QueueEmailCommand> context)
    {
        var member = context.PropertyPath;
        if (text is null) context.AddFault(new("required", $"{member} is required."));
        else if (!text.IsWellFormed()) context.AddFault(new("invalid-text", $"{member} must be Unicode text."));
        else if (string.IsNullOrWhiteSpace(text)) context.AddFault(new("too-short", $"{member} must have 1 to {maxLength} characters."));
        else if (text.EnumerateRunes().Count() > maxLength) context.AddFault(new("too-long", $"{member} must have at most {maxLength} characters."));
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
        if (await users.GetAsync(command.UserId, ct) is null) return Errors.UserNotFound(command.UserId);

        var email = Email.Create(command.UserId, command.Subject!, command.Text!, clock.GetUtcMilliseconds(), caller.Name);
        return await emails.TryAddAsync(email, ct) ? Result.Created(mapper.Map<EmailDto>(email)) : Errors.UserNotFound(command.UserId); // purged meanwhile
    }
}
