using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Emails;

public sealed record GetEmailQuery(long UserId, long Id);

/// <summary>Reads one email to a user.</summary>
public sealed class GetEmail(IUserReader users, IEmailRepository emails, IMapper mapper)
{
    /// <returns>The email, or <c>user-not-found</c>, <c>not-found</c>.</returns>
    public async Task<Result<EmailDto>> ExecuteAsync(GetEmailQuery query, CancellationToken ct)
    {
        if (await users.GetAsync(query.UserId, ct) is null) return Failure.UserNotFound(query.UserId);
        return await emails.GetAsync(query.UserId, query.Id, ct) is { } email ? mapper.Map<EmailDto>(email) : Failure.EmailNotFound(query.Id);
    }
}
