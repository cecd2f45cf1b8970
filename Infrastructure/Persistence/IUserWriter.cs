using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Writes users, the words that a search finds them by, and the records of the changes.</summary>
internal interface IUserWriter
{
    /// <summary>Writes the users that were added to the context or changed, in its running transaction.</summary>
    /// <exception cref="DbUpdateException">The database rejects a user.</exception>
    Task WriteAsync(UsersDbContext db, CancellationToken ct);
}

internal static class ChangedUsers
{
    /// <summary>The search words that a new or changed user no longer has, and those that it has now.</summary>
    public static (IEnumerable<string> Removed, IEnumerable<string> Added) ChangedWords(this EntityEntry<User> entry)
    {
        if (entry.State is not (EntityState.Added or EntityState.Modified)) return ([], []);
        var user = entry.Entity;
        if (entry.State == EntityState.Added) return ([], SearchWords.Of(user.Email, user.EmailKey, user.Name));
        var (email, name) = (entry.Property(u => u.Email).OriginalValue, entry.Property(u => u.Name).OriginalValue);
        if (email == user.Email && name == user.Name) return ([], []);
        var (had, has) = (
            SearchWords.Of(email, entry.Property(u => u.EmailKey).OriginalValue, name), SearchWords.Of(user.Email, user.EmailKey, user.Name));
        return (had.Except(has), has.Except(had));
    }
}
