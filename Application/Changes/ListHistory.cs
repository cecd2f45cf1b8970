using System.Globalization;
using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using FluentValidation;

namespace CleanUsers.Application.Changes;

/// <param name="Deleted">Whether the user must be in the recycle bin, or must not.</param>
public sealed record ListHistoryQuery(long UserId, bool Deleted, Parsed<int> PageSize, Parsed<Cursor?> Cursor = default)
    : NewestFirstQuery(PageSize, Cursor)
{
    // a user that is deleted meanwhile keeps its history: the cursor goes on in the recycle bin
    internal override string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"history\n{UserId}\n");
}

internal sealed class ListHistoryValidator : NewestFirstValidator<ListHistoryQuery>;

/// <summary>Reads a page of the changes of a user, newest first.</summary>
public sealed class ListHistory(IValidator<ListHistoryQuery> validator, IUserReader users, IHistoryReader changes, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>, <c>user-not-found</c>.</returns>
    public async Task<Result<Page<UserChangeDto>>> ExecuteAsync(ListHistoryQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();

        var found = await changes.ListAsync(query.UserId, query.Before, query.Limit, ct);
        // only then, so that what is shown is of a user that the caller may see: it may be deleted or purged at any time
        var user = query.Deleted ? await users.GetDeletedAsync(query.UserId, ct) : await users.GetAsync(query.UserId, ct);
        return user is null ? Failure.UserNotFound(query.UserId) : query.ToPage(found, change => change.Version, ToDto);
    }

    /// <param name="before">The change before it; null if it is the first, or if the retention has deleted the one before.</param>
    private UserChangeDto ToDto(UserChange change, UserChange? before) => new(
        change.Version, change.Kind, change.UpdatedAt, change.UpdatedBy,
        before is null && change.Kind != UserChangeKind.Created ? [] : [.. Changed(change, before)],
        mapper.Map<UserDto>(change));

    private static IEnumerable<UserMember> Changed(UserChange change, UserChange? before)
    {
        if (change.Email != before?.Email) yield return UserMember.Email;
        if (change.Name != before?.Name) yield return UserMember.Name;
        if (change.Age != before?.Age) yield return UserMember.Age;
        if (change.Role != before?.Role) yield return UserMember.Role;
        if (change.Status != before?.Status) yield return UserMember.Status;
    }
}
