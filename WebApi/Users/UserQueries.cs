using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http;

namespace CleanUsers.WebApi.Users;

/// <summary>The parameters that a list has, and the query that they make.</summary>
internal static class UserQueries
{
    public static TQuery ToListQuery<TQuery>(this RequestInput input)
        where TQuery : UserListQuery, new() => new()
        {
            PageSize = input.WholeNumber("pageSize", absent: UserListQuery.DefaultPageSize),
            Cursor = input.Parameter("cursor"),
            Sort = input.Parameter("sort"),
            Email = input.Parameter("email"),
            Status = input.Parameter("status"),
            Role = input.Parameter("role"),
            CreatedFrom = input.Parameter("createdFrom"),
            CreatedBefore = input.Parameter("createdBefore"),
            Q = input.Parameter("q"),
            IncludeTotal = input.TrueOrFalse("includeTotal"),
        };
}
