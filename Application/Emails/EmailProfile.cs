using AutoMapper;
using CleanUsers.Domain.Emails;

namespace CleanUsers.Application.Emails;

/// <summary>One way, entity to DTO.</summary>
internal sealed class EmailProfile : Profile
{
    public EmailProfile() => CreateMap<Email, EmailDto>();
}
