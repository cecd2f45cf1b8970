using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>
/// Users together with what identity providers have sent about them (docs/decisions/0028-scim.md). Deleted users are not among them.
/// </summary>
public interface IScimUsers
{
    /// <summary>The user to look at; null if it does not exist or is deleted.</summary>
    Task<ScimRecord?> GetAsync(long id, CancellationToken ct);

    /// <summary>Users that match the filter, by id.</summary>
    /// <param name="filter">Null for all.</param>
    /// <param name="after">Only those with higher ids.</param>
    /// <param name="skip">So many of them are left out: the cost grows with this number.</param>
    Task<IReadOnlyList<ScimRecord>> ListAsync(ScimFilter? filter, long after, long skip, int limit, CancellationToken ct);

    /// <summary>How many users match the filter; the cost grows with their number.</summary>
    Task<long> CountAsync(ScimFilter? filter, CancellationToken ct);

    /// <summary>Whether SCIM has changed users that are not deleted.</summary>
    Task<bool> HasChangedUsersAsync(CancellationToken ct);

    /// <summary>Writes what the action writes through use cases, and what it returns, in one transaction.</summary>
    /// <param name="action">Can run several times; null rejects it: then nothing is written.</param>
    Task<ScimOutcome> WriteAsync(Func<CancellationToken, Task<ScimWrite?>> action, CancellationToken ct);
}

/// <param name="Scim">Null if SCIM has not changed the user.</param>
public sealed record ScimRecord(User User, ScimUser? Scim);

public sealed record ScimWrite(long UserId, ScimDetails Details, ScimEmails Emails);

public enum ScimOutcome
{
    Written,

    /// <summary>Rejected by the action.</summary>
    Rejected,

    /// <summary>A user that is not deleted has the name already.</summary>
    UserNameTaken,
}
