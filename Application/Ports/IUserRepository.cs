using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>
/// Users that are about to change. The users found or added here are tracked: what is changed about them is written by the next update. Each search
/// forgets what was found before.
/// </summary>
public interface IUserRepository
{
    /// <summary>The user; null if it does not exist or is deleted.</summary>
    Task<User?> FindToChangeAsync(long id, CancellationToken ct);

    /// <summary>The deleted user; null if it does not exist or is not deleted.</summary>
    Task<User?> FindDeletedToChangeAsync(long id, CancellationToken ct);

    /// <summary>The users that have one of these addresses, in no order; deleted ones have none.</summary>
    /// <param name="emailKeys"><see cref="EmailAddress.Key"/> of each; some hundred at most.</param>
    Task<IReadOnlyList<User>> FindToChangeByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct);

    /// <summary>Adds a new user, in one transaction with its search words, and gives it its id.</summary>
    Task<AddOutcome> AddAsync(User user, CancellationToken ct);

    /// <summary>
    /// Writes what was changed of the users found, in one transaction. If nothing was changed, it only waits until what was found is on a synchronous
    /// standby, where there is one. After any outcome but <see cref="UpdateOutcome.Saved"/> nothing is written, and what was found before is
    /// stale: find it again.
    /// </summary>
    Task<UpdateOutcome> UpdateAsync(CancellationToken ct);

    /// <summary>Like <see cref="UpdateAsync"/>; in the same transaction, the user's emails that are still queued fail for the reason given.</summary>
    Task<UpdateOutcome> UpdateAndFailQueuedEmailsAsync(long userId, string reason, CancellationToken ct);

    /// <summary>Erases a user and everything that belongs to it.</summary>
    /// <returns>Saved, or a conflict: nothing is erased, and the user is stale.</returns>
    Task<UpdateOutcome> PurgeAsync(User user, CancellationToken ct);
}

public enum AddOutcome
{
    Added,

    /// <summary>A user that is not deleted has the address already; only the index can decide (docs/decisions/0001-the-index-decides.md).</summary>
    EmailTaken,
}

public enum UpdateOutcome
{
    Saved,

    /// <inheritdoc cref="AddOutcome.EmailTaken"/>
    EmailTaken,

    /// <summary>The user is restored, and another user has got its SCIM <c>userName</c> meanwhile.</summary>
    UserNameTaken,

    /// <summary>Another write changed or purged the user between the reading and the writing.</summary>
    Conflict,
}
