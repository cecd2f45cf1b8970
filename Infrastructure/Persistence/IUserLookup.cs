using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Reads one user by its id.</summary>
internal interface IUserLookup
{
    /// <param name="db">
    /// Within its transaction, a user is read on the connection of the transaction: waiting for a second one can exhaust the pool, and on SQLite
    /// another connection does not see the changes of writers that share the transaction.
    /// </param>
    Task<User?> GetAsync(ScopedContext db, long id, bool deleted, CancellationToken ct);
}
