using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Users;

/// <summary>How both lists read a page: those of the users and of the bin.</summary>
internal static class UserListing
{
    public static async Task<Result<Page<TDto>>> ListAsync<TQuery, TDto>(
        this IUserReader users, TQuery request, IValidator<TQuery> validator, Func<User, TDto> map, CancellationToken ct)
        where TQuery : UserListQuery
    {
        var context = new ValidationContext<TQuery>(request);
        var validation = validator.Validate(context);
        if (!validation.IsValid) return validation.ToInvalid();

        var query = context.Yielded<UserQuery>()!;
        var found = await users.ListAsync(query, ct);
        var items = new List<TDto>(Math.Min(found.Count, request.PageSize));
        foreach (var user in found.Take(request.PageSize)) items.Add(map(user));
        var next = found.Count > request.PageSize ? UserCursor.Encode(found[request.PageSize - 1], query) : null;
        var total = request.IncludeTotal ? await users.CountAsync(query, ct) : (long?)null;
        return new Page<TDto>(items, next, total);
    }
}
