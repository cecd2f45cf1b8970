using CleanUsers.Application.Users;

namespace CleanUsers.Application.Ports;

/// <summary>What a list needs of a user: to read the rest too would make a page a sixth more expensive (docs/performance.md).</summary>
/// <param name="DeletedAt">Null if the user is not deleted.</param>
/// <param name="SortText">The text that the order compares; empty where it compares none.</param>
public sealed record ListedUser(UserDto User, DateTimeOffset? DeletedAt, string SortText);
