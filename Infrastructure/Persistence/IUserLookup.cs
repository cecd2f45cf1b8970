using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Reads one user by its id.</summary>
internal interface IUserLookup
{
    /// <param name="db">For databases without prepared statements: the others read on a connection of their own.</param>
    Task<User?> GetAsync(ScopedContext db, long id, bool deleted, CancellationToken ct);
}
