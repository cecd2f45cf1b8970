using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Users that are about to change. What was found, added or removed is written by <see cref="SaveAsync"/>, all of it or nothing.</summary>
public interface IUserRepository
{
    /// <summary>The user, or null where there is none or it is deleted.</summary>
    Task<User?> FindAsync(long id, CancellationToken ct);

    /// <summary>The user in the bin, or null where it is not there.</summary>
    Task<User?> FindDeletedAsync(long id, CancellationToken ct);

    /// <summary>The users that have one of these addresses, in no order; deleted ones have none. Forgets what was found before.</summary>
    /// <param name="emailKeys"><see cref="EmailAddress.Key"/> of each; some hundred at most.</param>
    /// <param name="ct">Gives up.</param>
    Task<IReadOnlyList<User>> FindByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct);

    void Add(User user);

    /// <summary>Erases the user for good.</summary>
    void Remove(User user);

    /// <summary>
    /// Writes in one transaction. After any outcome but <see cref="SaveOutcome.Saved"/> nothing is written, and what was found before
    /// is stale: find it again.
    /// </summary>
    Task<SaveOutcome> SaveAsync(CancellationToken ct);
}
