using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using FluentValidation;

namespace CleanUsers.Application.Transfer;

/// <summary>Which users to export: the filters of a list. There are no pages, and the order is that of the ids.</summary>
public sealed record ExportUsersQuery : UserListQuery
{
    internal override bool Deleted => false;

    internal override UserSort DefaultSort => new(UserSortKey.Id, Descending: false);
}

internal sealed class ExportUsersValidator : UserListValidator<ExportUsersQuery>;

/// <param name="Users">Read as they are taken, all as they are at one moment.</param>
/// <param name="LacksScimAsync">Finds out whether SCIM has changed users: what only SCIM has of a user is not exported.</param>
public sealed record UserExport(IAsyncEnumerable<ExportedUser> Users, Func<CancellationToken, Task<bool>> LacksScimAsync);

/// <summary>Reads all users.</summary>
public sealed class ExportUsers(IValidator<ExportUsersQuery> validator, IUserReader users, IScimUsers scim, IMapper mapper)
{
    /// <returns>The users; or <c>validation-failed</c>.</returns>
    public Result<UserExport> Execute(ExportUsersQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        return validation.IsValid
            ? new UserExport(users.GetSnapshotAsync(query.ToFilter(), ct).Select(mapper.Map<ExportedUser>), scim.HasChangedUsersAsync)
            : validation.ToInvalid();
    }
}
