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

/// <summary>Reads all users as they are at one moment.</summary>
public sealed class ExportUsers(IValidator<ExportUsersQuery> validator, IUserReader users, IMapper mapper)
{
    /// <returns>The users, read as they are taken; or <c>validation-failed</c>.</returns>
    public Result<IAsyncEnumerable<ExportedUser>> Execute(ExportUsersQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        return validation.IsValid
            ? Result.Success(users.GetSnapshotAsync(query.ToFilter(), ct).Select(mapper.Map<ExportedUser>))
            : validation.ToInvalid();
    }
}
