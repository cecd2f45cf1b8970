using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Users;

/// <summary>Reads one user.</summary>
public sealed class GetUser(IUserReader users, IMapper mapper)
{
    /// <returns>The user, or <c>user-not-found</c>.</returns>
    public async Task<Result<UserDto>> ExecuteAsync(long id, CancellationToken ct) =>
        await users.GetAsync(id, ct) is { } user ? mapper.Map<UserDto>(user) : Failure.UserNotFound(id);
}
