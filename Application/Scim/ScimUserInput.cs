using CleanUsers.Application.Users;
using CleanUsers.Domain;
using CleanUsers.Domain.Scim;
using FluentValidation;

namespace CleanUsers.Application.Scim;

/// <summary>The state of a user as an identity provider writes it.</summary>
public sealed record ScimUserInput(
    UserInput User,
    Parsed<string?> UserName,
    Parsed<string?> ExternalId,
    Parsed<string?> GivenName,
    Parsed<string?> FamilyName,
    Parsed<ScimEmails> Emails,
    Parsed<string> Attributes)
{
    /// <summary>Addresses that a user can have, the primary one included.</summary>
    public const int MaxEmails = 20;

    /// <param name="text">Null leaves the user without a name of its own, so that its email address is its name.</param>
    public static Parsed<string?> ParseUserName(string? text) => text is "" ? Parsed.Rejected<string?>("required", "'userName' is required.")
        : ParseText(text, "userName");

    /// <param name="text">A text on one line, kept as it is, or null.</param>
    public static Parsed<string?> ParseText(string? text, string member)
    {
        if (text is null) return (string?)null;
        if (text.Length > ScimUser.MaxLength)
            return Parsed.Rejected<string?>("too-long", $"'{member}' must have at most {ScimUser.MaxLength} characters.");
        if (!text.IsPlainLine())
        {
            return Parsed.Rejected<string?>(
                "invalid-character", $"'{member}' must not have control characters, line breaks or characters that override the direction of text.");
        }

        return text.ToLowerNfc().Length > ScimUser.KeyMaxLength // the key of an address is shorter
            ? Parsed.Rejected<string?>("too-long", $"'{member}' must have at most {ScimUser.KeyMaxLength} characters in its normal form.")
            : text;
    }

    /// <param name="primaryType">The type of the user's own address.</param>
    /// <param name="others">The other addresses, each with its type.</param>
    public static Parsed<ScimEmails> ParseEmails(string? primaryType, IReadOnlyList<(string Value, string? Type)> others)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.Count >= MaxEmails) return Parsed.Rejected<ScimEmails>("too-many", $"'emails' must have at most {MaxEmails} entries.");
        var texts = others.Select(email => email.Value).Append(primaryType).Concat(others.Select(email => email.Type));
        var error = texts.Select(text => ParseText(text, "emails").Error).FirstOrDefault(error => error is not null);
        return error is null ? new ScimEmails(primaryType, others) : Parsed.Rejected<ScimEmails>(error);
    }

    public static Parsed<string> ParseAttributes(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json.Length <= ScimUser.AttributesMaxLength
            ? json
            : Parsed.Rejected<string>("too-long", $"The attributes must have at most {ScimUser.AttributesMaxLength} characters together, as JSON.");
    }

    /// <summary>The state that the input makes of the present one.</summary>
    internal ScimUserDto ApplyTo(ScimUserDto present) => new(
        present.User with { Email = User.Email.Value.Value, Name = User.Name.Value?.Value, Status = User.Status.Value }, ToDetails());

    internal ScimDetails ToDetails() => new(UserName.Value, ExternalId.Value, GivenName.Value, FamilyName.Value, Attributes.Value);
}

internal sealed class ScimUserInputValidator : AbstractValidator<ScimUserInput>
{
    public ScimUserInputValidator()
    {
        RuleFor(input => input.User).SetValidator(new UserInputValidator());
        RuleFor(input => input.UserName).IsAccepted();
        RuleFor(input => input.ExternalId).IsAccepted();
        RuleFor(input => input.GivenName).IsAccepted();
        RuleFor(input => input.FamilyName).IsAccepted();
        RuleFor(input => input.Emails).IsAccepted();
        RuleFor(input => input.Attributes).IsAccepted();
    }
}
