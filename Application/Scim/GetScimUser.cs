using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Scim;

/// <summary>Reads one user for an identity provider.</summary>
public sealed class GetScimUser(IScimUsers scim, IMapper mapper)
{
    /// <returns>The user, or <c>user-not-found</c>.</returns>
    public async Task<Result<ScimUserDto>> ExecuteAsync(long id, CancellationToken ct) =>
        await scim.GetAsync(id, ct) is { } record ? ScimUserDto.Of(record, mapper) : Failure.UserNotFound(id);
}
