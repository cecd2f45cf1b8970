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
{
    /// <summary>What a cursor belongs to. A user that is deleted meanwhile keeps its history: the cursor goes on in the recycle bin.</summary>
    internal string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"history\n{UserId}\n");
}

internal sealed class ListHistoryValidator : AbstractValidator<ListHistoryQuery>
{
    public ListHistoryValidator()
    {
        RuleFor(query => query.PageSize).IsAccepted();
        RuleFor(query => query.Cursor).IsAccepted();
    }
}

/// <summary>Reads a page of the changes of a user, newest first.</summary>
public sealed class ListHistory(IValidator<ListHistoryQuery> validator, IUserReader users, IHistoryReader changes, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>, <c>user-not-found</c>.</returns>
    public async Task<Result<Page<UserChangeDto>>> ExecuteAsync(ListHistoryQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();
        var (cursor, pageSize) = (query.Cursor.Value, query.PageSize.Value);
        if (cursor?.BelongsToOrderByNumber(query.Fingerprint) == false) return Cursor.Invalid.ToInvalid(nameof(query.Cursor));

        // one more shows whether there is a next page, and what the last change of this page changed
        var found = await changes.ListAsync(query.UserId, cursor?.Place.Id, pageSize + 1, ct);
        // only then, so that what is shown is of a user that the caller may see: it may be deleted or purged at any time
        var user = query.Deleted ? await users.GetDeletedAsync(query.UserId, ct) : await users.GetAsync(query.UserId, ct);
        if (user is null) return Failure.UserNotFound(query.UserId);

        var items = found.Take(pageSize).Select((change, i) => ToDto(change, before: i + 1 < found.Count ? found[i + 1] : null));
        var next = found.Count > pageSize ? Cursor.Encode(new(found[pageSize - 1].Version, Value: null), query.Fingerprint) : null;
        return new Page<UserChangeDto>([.. items], next);
    }

    private UserChangeDto ToDto(UserChange change, UserChange? before) => new(
        change.Version, change.Kind, change.UpdatedAt, change.UpdatedBy, [.. Changed(change, before)], mapper.Map<UserDto>(change));

    /// <param name="before">The change before it; null if it is the first.</param>
    private static IEnumerable<UserMember> Changed(UserChange change, UserChange? before)
    {
        if (change.Email != before?.Email) yield return UserMember.Email;
        if (change.Name != before?.Name) yield return UserMember.Name;
        if (change.Age != before?.Age) yield return UserMember.Age;
        if (change.Role != before?.Role) yield return UserMember.Role;
        if (change.Status != before?.Status) yield return UserMember.Status;
    }
}
