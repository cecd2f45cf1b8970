using AutoMapper;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Transfer;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Users;

/// <summary>One way, entity to DTO.</summary>
internal sealed class UserProfile : Profile
{
    public UserProfile()
    {
        CreateMap<User, UserDto>();
        CreateMap<User, DeletedUserDto>().ForMember(dto => dto.PurgeAt, dto => dto.Ignore()); // depends on the configuration
        // ListDeletedUsers adds the two times
        CreateMap<UserDto, DeletedUserDto>().ForMember(dto => dto.DeletedAt, dto => dto.Ignore()).ForMember(dto => dto.PurgeAt, dto => dto.Ignore());
        CreateMap<User, ExportedUser>();
        CreateMap<UserChange, UserDto>().ForCtorParam(nameof(UserDto.Id), dto => dto.MapFrom(change => change.UserId));
    }
}
