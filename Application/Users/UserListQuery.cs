using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>What a client wants of a list of users; null and default values do not restrict it.</summary>
public abstract record UserListQuery
{
    /// <summary>In words, of a search.</summary>
    public const int MaxWords = 8;

    /// <summary>In code points, of a search with all its words: as long as the longest address.</summary>
    public const int MaxSearchLength = 254;

    public Parsed<int> PageSize { get; init; } = PageSizes.Default;

    /// <summary>From the page before, or null for the first page.</summary>
    public Parsed<Cursor?> Cursor { get; init; }

    public Parsed<UserSort?> Sort { get; init; }

    public Parsed<EmailAddress?> Email { get; init; }

    public Parsed<UserStatus?> Status { get; init; }

    public Parsed<UserRole?> Role { get; init; }

    /// <summary>Inclusive.</summary>
    public Parsed<DateTimeOffset?> CreatedFrom { get; init; }

    /// <summary>Exclusive.</summary>
    public Parsed<DateTimeOffset?> CreatedBefore { get; init; }

    /// <summary>The words of a search; each must be the start of a word of the name, of the address or of its domain.</summary>
    public Parsed<IReadOnlyList<string>?> Q { get; init; }

    /// <summary>Whether to count the users of all pages, too.</summary>
    public Parsed<bool> IncludeTotal { get; init; }

    internal abstract bool Deleted { get; }

    internal abstract UserSort DefaultSort { get; }

    public static Parsed<EmailAddress?> ParseEmail(string? text) =>
        text is null ? (EmailAddress?)null : UserInput.ParseEmail(text).Then<EmailAddress?>(email => email);

    public static Parsed<UserRole?> ParseRole(string? text) =>
        text is null ? (UserRole?)null : UserInput.ParseRole(text).Then<UserRole?>(role => role);

    public static Parsed<UserStatus?> ParseStatus(string? text) =>
        text is null ? (UserStatus?)null : UserInput.ParseStatus(text).Then<UserStatus?>(status => status);

    public static Parsed<DateTimeOffset?> ParseCreatedFrom(string? text) => Rfc3339.Parse(text, nameof(CreatedFrom));

    public static Parsed<DateTimeOffset?> ParseCreatedBefore(string? text) => Rfc3339.Parse(text, nameof(CreatedBefore));

    public static Parsed<IReadOnlyList<string>?> ParseSearch(string? text)
    {
        if (text is null) return default;
        if (text.EnumerateRunes().Count() > MaxSearchLength)
            return Rejected("too-long", $"Q must have at most {MaxSearchLength} characters.");
        if (!text.IsPlainLine())
        {
            return Rejected(
                "invalid-character",
                "Q must be Unicode text without control characters, line breaks or characters that override the direction of text.");
        }

        var words = SearchText.Tokens(text).Distinct(StringComparer.Ordinal).ToList();
        return words.Count is 0 or > MaxWords
            ? Rejected("out-of-range", $"Q must have 1 to {MaxWords} words.")
            : Parsed.Accepted<IReadOnlyList<string>?>(words);

        static Parsed<IReadOnlyList<string>?> Rejected(string code, string detail) => Parsed.Rejected<IReadOnlyList<string>?>(code, detail);
    }

    internal UserFilter ToFilter() => new(
        EmailKey: Email.Value?.Key,
        Status: Status.Value,
        Role: Role.Value,
        CreatedFrom: CreatedFrom.Value,
        CreatedBefore: CreatedBefore.Value,
        Words: Q.Value);

    /// <summary>The first page; one user more than the page size shows whether there is a next page.</summary>
    internal UserQuery ToFirstPage() => new(Deleted, ToFilter(), Sort.Value ?? DefaultSort, PageSize.Value + 1, After: null);
}

internal abstract class UserListValidator<T> : AbstractValidator<T>
    where T : UserListQuery
{
    protected UserListValidator()
    {
        RuleFor(query => query.PageSize).IsAccepted();
        RuleFor(query => query.Sort).IsAccepted();
        RuleFor(query => query.Email).IsAccepted();
        RuleFor(query => query.Status).IsAccepted();
        RuleFor(query => query.Role).IsAccepted();
        RuleFor(query => query.CreatedFrom).IsAccepted();
        RuleFor(query => query.CreatedBefore).IsAccepted();
        RuleFor(query => query.Q).IsAccepted();
        RuleFor(query => query.IncludeTotal).IsAccepted();
        RuleFor(query => query.Cursor).IsAccepted();
    }
}
