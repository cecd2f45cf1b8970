using System.Text.Json;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;
using FluentValidation;
using FluentValidation.Results;

namespace CleanUsers.Application.Users;

/// <summary>What a client asks of a list of users, as it writes it; null asks nothing.</summary>
public abstract record UserListQuery
{
    public const int MaxPageSize = 200;
    public const int DefaultPageSize = 50;

    public int PageSize { get; init; } = DefaultPageSize;

    /// <summary>From the page before, or null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>The name of a <see cref="UserSortKey"/>, with <c>-</c> before it for descending.</summary>
    public string? Sort { get; init; }

    public string? Email { get; init; }

    public string? Status { get; init; }

    public string? Role { get; init; }

    /// <summary>RFC 3339, inclusive.</summary>
    public string? CreatedFrom { get; init; }

    /// <summary>RFC 3339, exclusive.</summary>
    public string? CreatedBefore { get; init; }

    /// <summary>Words; each must be what a word of the name, of the address or of its domain begins with.</summary>
    public string? Q { get; init; }

    /// <summary>Count the users of all pages, too.</summary>
    public bool IncludeTotal { get; init; }

    internal abstract bool Deleted { get; }

    internal abstract UserSort DefaultSort { get; }

    /// <summary>From the first page on: what the cursor says is not in it.</summary>
    internal UserQuery ToQuery() => new(Deleted, ToFilter(), ToSort(), PageSize + 1, After: null); // one more tells whether there is a next page

    internal UserFilter ToFilter() => new(
        Email is null ? null : UserInput.ParseEmail(Email).Key,
        Status is null ? null : UserInput.ParseEnum<UserStatus>(Status),
        Role is null ? null : UserInput.ParseEnum<UserRole>(Role),
        CreatedFrom is null ? null : Rfc3339.Parse(CreatedFrom),
        CreatedBefore is null ? null : Rfc3339.Parse(CreatedBefore),
        Q is null ? null : SearchWords.OfSearch(Q));

    internal UserSort ToSort() => TryParseSort(out var sort) ? sort : throw new InvalidOperationException("The sort is not valid.");

    internal bool TryParseSort(out UserSort sort)
    {
        sort = DefaultSort;
        if (Sort is null) return true;
        var descending = Sort.StartsWith('-');
        foreach (var key in SortKeys)
        {
            if (!Sort.AsSpan(descending ? 1 : 0).SequenceEqual(WireName(key))) continue;
            sort = new UserSort(key, descending);
            return true;
        }

        return false;
    }

    internal string AllowedSorts => string.Join(", ", SortKeys.Select(WireName));

    private IEnumerable<UserSortKey> SortKeys => Enum.GetValues<UserSortKey>().Where(key => Deleted || key != UserSortKey.DeletedAt);

    private static string WireName(UserSortKey key) => JsonNamingPolicy.CamelCase.ConvertName(key.ToString());
}

internal abstract class UserListValidator<T> : AbstractValidator<T>
    where T : UserListQuery
{
    protected UserListValidator()
    {
        RuleFor(query => query.PageSize).IsPageSize();
        RuleFor(query => query.Sort).Custom((_, context) =>
        {
            if (!context.InstanceToValidate.TryParseSort(out var _))
                context.AddFault(new("unknown-value", $"Sort must be one of {context.InstanceToValidate.AllowedSorts}, with - before it for descending."));
        });
        When(query => query.Email is not null, () => RuleFor(query => query.Email).IsEmail());
        RuleFor(query => query.Status).IsNameOf<T, UserStatus>(optional: true);
        RuleFor(query => query.Role).IsNameOf<T, UserRole>(optional: true);
        RuleFor(query => query.CreatedFrom).IsTimestampOrNull();
        RuleFor(query => query.CreatedBefore).IsTimestampOrNull();
        RuleFor(query => query.Q).Custom(IsSearchOrNull);
    }

    /// <summary>
    /// Yields the <see cref="UserQuery"/>. A cursor belongs to its query: it is decoded once the rest is valid; until then it can only be
    /// seen whether it is one at all.
    /// </summary>
    public override ValidationResult Validate(ValidationContext<T> context)
    {
        var result = base.Validate(context);
        var request = context.InstanceToValidate;
        var query = result.IsValid ? request.ToQuery() : null;
        if (request.Cursor is { } cursor)
        {
            UserPosition? after = null;
            var accepted = query is null ? Cursor.IsWellFormed(cursor) : UserCursor.TryDecode(cursor, query, out after);
            if (!accepted)
                result.Errors.Add(new(nameof(request.Cursor), Cursor.Invalid.Detail) { ErrorCode = Cursor.Invalid.Code });
            else if (query is not null)
                query = query with { After = after };
        }

        if (result.IsValid) context.Yield(query!);
        return result;
    }

    private static void IsSearchOrNull(string? text, ValidationContext<T> context)
    {
        if (text is null) return;
        if (text.EnumerateRunes().Count() > SearchWords.MaxLength)
            context.AddFault(new("too-long", $"Q must have at most {SearchWords.MaxLength} characters."));
        else if (!text.IsPlainLine())
            context.AddFault(new(
                "invalid-character", "Q must be Unicode text without control characters, line breaks or characters that override the direction of text."));
        else if (SearchWords.OfSearch(text).Count is 0 or > SearchWords.MaxWords)
            context.AddFault(new("out-of-range", $"Q must have 1 to {SearchWords.MaxWords} words."));
    }
}
