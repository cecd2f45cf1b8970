using System.Globalization;
using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using FluentValidation;

namespace CleanUsers.Application.Emails;

public sealed record ListEmailsQuery(long UserId, int PageSize = UserListQuery.DefaultPageSize, string? Cursor = null)
{
    /// <summary>What a cursor belongs to.</summary>
    internal string Bound => string.Create(CultureInfo.InvariantCulture, $"emails\n{UserId}\n");
}

internal sealed class ListEmailsValidator : AbstractValidator<ListEmailsQuery>
{
    public ListEmailsValidator()
    {
        RuleFor(query => query.PageSize).IsPageSize();
        RuleFor(query => query.Cursor).Custom((text, context) =>
        {
            if (text is null) return;
            if (Cursor.TryDecode(text, context.InstanceToValidate.Bound, out var place) && place.Value is null)
                context.Yield(new EmailPosition(place.Id));
            else
                context.AddFault(Cursor.Invalid);
        });
    }
}

/// <summary>The last email of the page before.</summary>
internal sealed record EmailPosition(long Id);

/// <summary>Reads a page of the emails to a user, newest first.</summary>
public sealed class ListEmails(IValidator<ListEmailsQuery> validator, IUserReader users, IEmailRepository emails, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>, <c>user-not-found</c>.</returns>
    public async Task<Result<Page<EmailDto>>> ExecuteAsync(ListEmailsQuery query, CancellationToken ct)
    {
        var context = new ValidationContext<ListEmailsQuery>(query);
        var validation = validator.Validate(context);
        if (!validation.IsValid) return validation.ToInvalid();
        if (await users.GetAsync(query.UserId, ct) is null) return Errors.UserNotFound(query.UserId);

        var before = context.Yielded<EmailPosition>();
        var found = await emails.ListAsync(query.UserId, before?.Id, query.PageSize + 1, ct); // one more tells whether there is a next page
        var next = found.Count > query.PageSize ? Cursor.Encode(new(found[query.PageSize - 1].Id, Value: null), query.Bound) : null;
        return new Page<EmailDto>([.. found.Take(query.PageSize).Select(mapper.Map<EmailDto>)], next);
    }
}
