using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.DeletedUsers;

/// <summary>Reads one deleted user.</summary>
public sealed class GetDeletedUser(IUserReader users, Retention retention, IMapper mapper)
{
    /// <returns>The user, or <c>user-not-found</c>.</returns>
    public async Task<Result<DeletedUserDto>> ExecuteAsync(long id, CancellationToken ct) =>
        await users.GetDeletedAsync(id, ct) is { } user
            ? mapper.Map<DeletedUserDto>(user) with { PurgeAt = retention.PurgeAt(user.DeletedAt) }
            : Failure.UserNotFound(id);
}
