using Ardalis.Result;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>How both lists read a page: the list of users and that of deleted users.</summary>
internal static class UserListing
{
    public static async Task<Result<Page<TDto>>> ListAsync<TQuery, TDto>(
        this IUserReader users, TQuery request, IValidator<TQuery> validator, Func<ListedUser, TDto> map, CancellationToken ct)
        where TQuery : UserListQuery
    {
        var validation = validator.Validate(request);
        if (!validation.IsValid) return validation.ToInvalid();

        var query = request.ToFirstPage();
        if (request.Cursor.Value is { } cursor)
        {
            if (!UserCursor.TryRead(cursor, query, out var after)) return Cursor.Invalid.ToInvalid(nameof(request.Cursor));
            query = query with { After = after };
        }

        var (found, pageSize) = (await users.ListAsync(query, ct), request.PageSize.Value);
        var items = new List<TDto>(Math.Min(found.Count, pageSize));
        foreach (var user in found.Take(pageSize)) items.Add(map(user));
        var next = found.Count > pageSize ? UserCursor.Encode(found[pageSize - 1], query) : null;
        var total = request.IncludeTotal.Value ? await users.CountAsync(query, ct) : (long?)null;
        return new Page<TDto>(items, next, total);
    }
}
