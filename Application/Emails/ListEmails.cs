using System.Globalization;
using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.Emails;

public sealed record ListEmailsQuery(long UserId, Parsed<int> PageSize, Parsed<Cursor?> Cursor = default)
{
    /// <summary>What a cursor belongs to.</summary>
    internal string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"emails\n{UserId}\n");
}

internal sealed class ListEmailsValidator : AbstractValidator<ListEmailsQuery>
{
    public ListEmailsValidator()
    {
        RuleFor(query => query.PageSize).IsAccepted();
        RuleFor(query => query.Cursor).IsAccepted();
    }
}

/// <summary>Reads a page of the emails to a user, newest first.</summary>
public sealed class ListEmails(IValidator<ListEmailsQuery> validator, IUserReader users, IEmailRepository emails, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>, <c>user-not-found</c>.</returns>
    public async Task<Result<Page<EmailDto>>> ExecuteAsync(ListEmailsQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();
        var (cursor, pageSize) = (query.Cursor.Value, query.PageSize.Value);
        if (cursor?.BelongsToOrderByNumber(query.Fingerprint) == false) return Cursor.Invalid.ToInvalid(nameof(query.Cursor));
        if (await users.GetAsync(query.UserId, ct) is null) return Failure.UserNotFound(query.UserId);

        var found = await emails.ListAsync(query.UserId, cursor?.Place.Id, pageSize + 1, ct); // one more shows whether there is a next page
        var next = found.Count > pageSize ? Cursor.Encode(new(found[pageSize - 1].Id, Value: null), query.Fingerprint) : null;
        return new Page<EmailDto>([.. found.Take(pageSize).Select(mapper.Map<EmailDto>)], next);
    }
}
