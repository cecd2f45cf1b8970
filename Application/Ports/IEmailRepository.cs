using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Emails to users, and the queue of those that are not delivered yet.</summary>
public interface IEmailRepository
{
    /// <summary>The email to look at, or null if the user has no such email.</summary>
    Task<Email?> GetAsync(long userId, long id, CancellationToken ct);

    /// <summary>At most so many of a user's emails, newest first, that are older than one; to look at.</summary>
    Task<IReadOnlyList<Email>> ListAsync(long userId, long? before, int limit, CancellationToken ct);

    /// <summary>Adds a new email and gives it its id.</summary>
    /// <returns>False if the user was purged; nothing is written.</returns>
    Task<bool> TryAddAsync(Email email, CancellationToken ct);

    /// <summary>The ids of emails that are due and not leased, the longest due first.</summary>
    Task<IReadOnlyList<long>> GetDueAsync(DateTimeOffset now, int limit, CancellationToken ct);

    /// <summary>How many emails are not delivered yet and not given up.</summary>
    Task<long> CountWaitingAsync(CancellationToken ct);

    /// <summary>The email, tracked, with its user to look at, deleted or not; null if it was purged.</summary>
    Task<(Email Email, User User)?> FindToDeliverAsync(long id, CancellationToken ct);

    /// <summary>Writes what was changed of the email found.</summary>
    /// <returns>False if another write came first; nothing is written, and the email that was read is stale.</returns>
    Task<bool> TryUpdateAsync(CancellationToken ct);
}
