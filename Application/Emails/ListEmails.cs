using System.Globalization;
using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.Emails;

public sealed record ListEmailsQuery(long UserId, Parsed<int> PageSize, Parsed<Cursor?> Cursor = default)
    : NewestFirstQuery(PageSize, Cursor)
{
    internal override string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"emails\n{UserId}\n");
}

internal sealed class ListEmailsValidator : NewestFirstValidator<ListEmailsQuery>;

/// <summary>Reads a page of the emails to a user, newest first.</summary>
public sealed class ListEmails(IValidator<ListEmailsQuery> validator, IUserReader users, IEmailRepository emails, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>, <c>user-not-found</c>.</returns>
    public async Task<Result<Page<EmailDto>>> ExecuteAsync(ListEmailsQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();
        if (await users.GetAsync(query.UserId, ct) is null) return Failure.UserNotFound(query.UserId);

        var found = await emails.ListAsync(query.UserId, query.Before, query.Limit, ct);
        return query.ToPage(found, email => email.Id, (email, _) => mapper.Map<EmailDto>(email));
    }
}
