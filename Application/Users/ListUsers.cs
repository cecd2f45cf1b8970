using Ardalis.Result;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.Users;

public sealed record ListUsersQuery : UserListQuery
{
    internal override bool Deleted => false;

    internal override UserSort DefaultSort => new(UserSortKey.Id, Descending: false);
}

internal sealed class ListUsersValidator : UserListValidator<ListUsersQuery>;

/// <summary>Reads a page of users.</summary>
public sealed class ListUsers(IValidator<ListUsersQuery> validator, IUserReader users)
{
    /// <returns>The page, or <c>validation-failed</c>.</returns>
    public Task<Result<Page<UserDto>>> ExecuteAsync(ListUsersQuery query, CancellationToken ct) =>
        users.ListAsync<ListUsersQuery, UserDto>(query, validator, listed => listed.User, ct);
}
