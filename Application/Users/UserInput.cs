using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>The state of a user as a client writes it, over HTTP, by a command or in a file.</summary>
public sealed record UserInput(
    Parsed<EmailAddress> Email, Parsed<UserName?> Name, Parsed<int?> Age, Parsed<UserRole> Role, Parsed<UserStatus> Status)
{
    /// <summary>What stands for a role that a new user's creator does not name.</summary>
    public static readonly string DefaultRole = $"{User.DefaultRole}";

    /// <summary>What stands for a status that a new user's creator does not name.</summary>
    public static readonly string DefaultStatus = $"{User.DefaultStatus}";

    public static UserInput Parse(
        Parsed<string?> email, Parsed<string?> name, Parsed<long?> age, Parsed<string?> role, Parsed<string?> status) => new(
        Email: email.Then(ParseEmail),
        Name: name.Then(ParseName),
        Age: age.Then(ParseAge),
        Role: role.Then(ParseRole),
        Status: status.Then(ParseStatus));

    public static Parsed<EmailAddress> ParseEmail(string? text) =>
        text is null ? Parsed.Rejected<EmailAddress>("required", "Email is required.")
        : EmailAddress.TryParse(text, out var address, out var error) ? address
        : Parsed.Rejected<EmailAddress>(error);

    public static Parsed<UserName?> ParseName(string? text) =>
        text is null ? (UserName?)null
        : UserName.TryParse(text, out var name, out var error) ? name
        : Parsed.Rejected<UserName?>(error);

    public static Parsed<int?> ParseAge(long? number) => number is null or (>= User.MinAge and <= User.MaxAge)
        ? (int?)number
        : Parsed.Rejected<int?>("out-of-range", $"Age must be between {User.MinAge} and {User.MaxAge}.");

    public static Parsed<UserRole> ParseRole(string? text) => ParseEnum<UserRole>(text, nameof(Role));

    public static Parsed<UserStatus> ParseStatus(string? text) => ParseEnum<UserStatus>(text, nameof(Status));

    internal UserDetails ToDetails() => new(Email: Email.Value, Name: Name.Value, Age: Age.Value, Role: Role.Value, Status: Status.Value);

    /// <summary>By name alone: <see cref="Enum.TryParse{TEnum}(string, bool, out TEnum)"/> also takes numbers and lists.</summary>
    private static Parsed<TEnum> ParseEnum<TEnum>(string? text, string member)
        where TEnum : struct, Enum
    {
        var names = Named<TEnum>.Names;
        for (var i = 0; i < names.Length; i++)
            if (names[i].Equals(text, StringComparison.OrdinalIgnoreCase)) return Named<TEnum>.Values[i];

        var allowed = string.Join(" or ", names);
        return text is null
            ? Parsed.Rejected<TEnum>("required", $"{member} is required: {allowed}.")
            : Parsed.Rejected<TEnum>("unknown-value", $"{member} must be {allowed}.");
    }

    /// <summary>Kept, since the framework makes new arrays at each call.</summary>
    private static class Named<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly string[] Names = Enum.GetNames<TEnum>();
        public static readonly TEnum[] Values = Enum.GetValues<TEnum>();
    }
}

internal sealed class UserInputValidator : AbstractValidator<UserInput>
{
    public UserInputValidator()
    {
        RuleFor(user => user.Email).IsAccepted();
        RuleFor(user => user.Name).IsAccepted();
        RuleFor(user => user.Age).IsAccepted();
        RuleFor(user => user.Role).IsAccepted();
        RuleFor(user => user.Status).IsAccepted();
    }
}
