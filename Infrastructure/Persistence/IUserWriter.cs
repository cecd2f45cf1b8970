using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Writes users, the words that a search finds them by, and the records of the changes, with their places in the feed.</summary>
internal interface IUserWriter
{
    /// <summary>Writes the users that were added to the context or changed, in its running transaction.</summary>
    /// <exception cref="DbUpdateException">The database rejects a user.</exception>
    Task WriteAsync(UsersDbContext db, CancellationToken ct);
}
