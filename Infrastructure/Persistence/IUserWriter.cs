using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// Writes users, the words that a search finds them by, and the records of the changes, with their places in the feed: in the running transaction of
/// the context, or in one of their own.
/// </summary>
internal interface IUserWriter
{
    /// <summary>Gives a new user its id, and writes it.</summary>
    /// <exception cref="DbUpdateException">The database rejects the user.</exception>
    Task AddAsync(ScopedContext db, User user, CancellationToken ct);

    /// <summary>Writes those of some users that have changed.</summary>
    /// <exception cref="DbUpdateException">The database rejects a user, or another write came first.</exception>
    Task UpdateAsync(ScopedContext db, IReadOnlyList<FoundUser> users, CancellationToken ct);
}
