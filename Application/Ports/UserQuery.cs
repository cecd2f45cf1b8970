using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Which users to read, in which order, from where.</summary>
/// <param name="Deleted">Whether the deleted users are read instead of the others.</param>
/// <param name="Sort">The order; the id breaks ties, in the same direction.</param>
/// <param name="After">The last user of the page before, or null for the first page.</param>
public sealed record UserQuery(bool Deleted, UserFilter Filter, UserSort Sort, int Limit, UserPosition? After);

/// <summary>What users must match, all of it; a null member matches every user.</summary>
/// <param name="EmailKey">The <see cref="EmailAddress.Key"/>.</param>
/// <param name="CreatedFrom">Inclusive.</param>
/// <param name="CreatedBefore">Exclusive.</param>
/// <param name="Words">Each must be the beginning of a search word of the user.</param>
public sealed record UserFilter(
    string? EmailKey = null,
    UserStatus? Status = null,
    UserRole? Role = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedBefore = null,
    IReadOnlyList<string>? Words = null);

/// <summary>An order of users.</summary>
public readonly record struct UserSort(UserSortKey Key, bool Descending);

/// <summary>What an order compares. Texts compare by code point; users without a name come first.</summary>
public enum UserSortKey
{
    Id,
    CreatedAt,
    UpdatedAt,
    Email,
    Name,

    /// <summary>Only for deleted users.</summary>
    DeletedAt,
}

/// <summary>A place in an order: the id of a user, and the text or the instant that the order compares.</summary>
public sealed record UserPosition(long Id, string Text = "", DateTimeOffset Instant = default);
