using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Scim;

namespace CleanUsers.Application.Scim;

/// <summary>A user as identity providers see it.</summary>
public sealed record ScimUserDto(UserDto User, ScimDetails Scim)
{
    internal static ScimUserDto Of(ScimRecord record, IMapper mapper) =>
        new(mapper.Map<UserDto>(record.User), record.Scim?.Details ?? ScimDetails.None);
}
