using System.Diagnostics.CodeAnalysis;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>The state of a user as a client writes it.</summary>
public interface IUserInput
{
    string? Email { get; }

    string? Name { get; }

    int? Age { get; }

    string? Role { get; }

    string? Status { get; }
}

/// <summary>The rules of that state, with the domain's limits; each says its code and a sentence.</summary>
internal abstract class UserInputValidator<T> : AbstractValidator<T>
    where T : IUserInput
{
    protected UserInputValidator()
    {
        RuleFor(input => input.Email).IsEmail();
        RuleFor(input => input.Name).IsNameOrNull();
        RuleFor(input => input.Age).IsAgeOrNull();
        RuleFor(input => input.Role).IsNameOf<T, UserRole>();
        RuleFor(input => input.Status).IsNameOf<T, UserStatus>();
    }
}

/// <summary>How the text of a client becomes the domain's values: as rules, and once those hold, as parsers.</summary>
internal static class UserInput
{
    public static UserDetails ToDetails(this IUserInput input) => new(
        ParseEmail(input.Email), ParseName(input.Name), input.Age, ParseEnum<UserRole>(input.Role), ParseEnum<UserStatus>(input.Status));

    public static EmailAddress ParseEmail(string? text) =>
        EmailAddress.TryParse(text, out var address, out var fault) ? address : throw new ArgumentException(fault.Detail, nameof(text));

    public static UserName? ParseName(string? text) =>
        text is null ? null
        : UserName.TryParse(text, out var name, out var fault) ? name
        : throw new ArgumentException(fault.Detail, nameof(text));

    public static TEnum ParseEnum<TEnum>(string? text)
        where TEnum : struct, Enum =>
        TryParseEnum<TEnum>(text, out var value) ? value : throw new ArgumentException($"Not a {typeof(TEnum).Name}.", nameof(text));

    public static void IsEmail<T>(this IRuleBuilder<T, string?> rule) => rule.Custom((text, context) =>
    {
        if (text is null) context.AddFault(new("required", "Email is required."));
        else if (!EmailAddress.TryParse(text, out _, out var fault)) context.AddFault(fault);
    });

    public static void IsNameOrNull<T>(this IRuleBuilder<T, string?> rule) => rule.Custom((text, context) =>
    {
        if (text is not null && !UserName.TryParse(text, out _, out var fault)) context.AddFault(fault);
    });

    public static void IsAgeOrNull<T>(this IRuleBuilder<T, int?> rule) => rule.Custom((age, context) =>
    {
        if (age is < User.MinAge or > User.MaxAge)
            context.AddFault(new("out-of-range", $"Age must be between {User.MinAge} and {User.MaxAge}."));
    });

    public static void IsNameOf<T, TEnum>(this IRuleBuilder<T, string?> rule, bool optional = false)
        where TEnum : struct, Enum => rule.Custom((text, context) =>
    {
        if (text is null && optional) return;
        var member = ValidationExtensions.Member(context.PropertyPath);
        var allowed = string.Join(" or ", Enum.GetNames<TEnum>());
        if (text is null) context.AddFault(new("required", $"{member} is required: {allowed}."));
        else if (!TryParseEnum<TEnum>(text, out _)) context.AddFault(new("unknown-value", $"{member} must be {allowed}."));
    });

    public static void IsTimestampOrNull<T>(this IRuleBuilder<T, string?> rule) => rule.Custom((text, context) =>
    {
        if (text is not null && !Rfc3339.TryParse(text, out _))
            context.AddFault(new("invalid-timestamp", $"{context.PropertyPath} must be a time such as 2026-01-31T12:00:00Z (RFC 3339)."));
    });

    /// <summary>By name alone: <see cref="Enum.TryParse{TEnum}(string, bool, out TEnum)"/> also takes numbers and lists.</summary>
    private static bool TryParseEnum<TEnum>([NotNullWhen(true)] string? text, out TEnum value)
        where TEnum : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<TEnum>())
        {
            value = candidate;
            if (string.Equals(candidate.ToString(), text, StringComparison.OrdinalIgnoreCase)) return true;
        }

        value = default;
        return false;
    }
}
