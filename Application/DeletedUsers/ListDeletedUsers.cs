using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using FluentValidation;

namespace CleanUsers.Application.DeletedUsers;

public sealed record ListDeletedUsersQuery : UserListQuery
{
    internal override bool Deleted => true;

    internal override UserSort DefaultSort => new(UserSortKey.DeletedAt, Descending: true);
}

internal sealed class ListDeletedUsersValidator : UserListValidator<ListDeletedUsersQuery>;

/// <summary>Reads a page of deleted users, sorted by the latest deletion unless the query names another order.</summary>
public sealed class ListDeletedUsers(IValidator<ListDeletedUsersQuery> validator, IUserReader users, Retention retention, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>.</returns>
    public Task<Result<Page<DeletedUserDto>>> ExecuteAsync(ListDeletedUsersQuery query, CancellationToken ct) =>
        users.ListAsync<ListDeletedUsersQuery, DeletedUserDto>(
            query,
            validator,
            listed => mapper.Map<DeletedUserDto>(listed.User) with
            {
                DeletedAt = listed.DeletedAt!.Value,
                PurgeAt = retention.PurgeAt(listed.DeletedAt),
            },
            ct);
}
