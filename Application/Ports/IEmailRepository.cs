using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Emails to users, and the queue of those that wait. What was found or added is written by <see cref="SaveAsync"/>.</summary>
public interface IEmailRepository
{
    /// <summary>The email, or null where the user has no such.</summary>
    Task<Email?> FindAsync(long userId, long id, CancellationToken ct);

    /// <summary>At most so many of a user's emails, newest first, that are older than one; changing them changes nothing.</summary>
    Task<IReadOnlyList<Email>> ListAsync(long userId, long? before, int limit, CancellationToken ct);

    void Add(Email email);

    /// <summary>The ids of emails that may be taken, those first that wait longest.</summary>
    Task<IReadOnlyList<long>> FindDueAsync(DateTimeOffset now, int limit, CancellationToken ct);

    /// <summary>How many are not delivered yet and still shall be, now or later.</summary>
    Task<long> CountWaitingAsync(CancellationToken ct);

    /// <summary>The email with its user, deleted or not; null where it was erased.</summary>
    Task<(Email Email, User User)?> FindWithUserAsync(long id, CancellationToken ct);

    /// <summary>
    /// Writes in one transaction. After <see cref="SaveOutcome.VersionConflict"/>, somebody came first: nothing is written, and what was found
    /// before is stale.
    /// </summary>
    Task<SaveOutcome> SaveAsync(CancellationToken ct);
}
