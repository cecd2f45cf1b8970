using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Reads one user by its id.</summary>
internal interface IUserLookup
{
    /// <param name="db">
    /// In its transaction, a user is read on its connection: requests that wait for another one may hold all of them, and on SQLite the transaction
    /// can be shared with writers before, whose changes another connection does not see yet.
    /// </param>
    Task<User?> GetAsync(ScopedContext db, long id, bool deleted, CancellationToken ct);
}
