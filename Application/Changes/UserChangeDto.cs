using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Changes;

/// <summary>A change of a user, in its history.</summary>
/// <param name="Version">That the user had after it.</param>
/// <param name="At">When it was made; of an imported user, the last update that its file has.</param>
/// <param name="By">
/// The subject of the caller's token, <c>key:</c> and the id of its API key, <c>anonymous</c>, or the account that ran a command; of an imported
/// user, the actor that its file gives.
/// </param>
/// <param name="Changed">The members of the user that the change gave another value; of a new user, those that have one.</param>
/// <param name="User">The state after the change.</param>
public sealed record UserChangeDto(
    long Version, UserChangeKind Kind, DateTimeOffset At, string By, IReadOnlyList<UserMember> Changed, UserDto User);

/// <summary>What a client decides about a user: the members of <see cref="UserDetails"/>.</summary>
public enum UserMember
{
    Email,
    Name,
    Age,
    Role,
    Status,
}
