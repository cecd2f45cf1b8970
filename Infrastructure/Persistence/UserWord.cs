using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>A word that a search finds a user by, see <see cref="SearchWords"/>. Goes with its user when that is purged.</summary>
internal sealed class UserWord
{
    public long UserId { get; init; }

    public required string Word { get; init; }

    /// <summary>Adds and removes words as the name and the address of a user change.</summary>
    public static void Follow(UsersDbContext db, EntityEntry<User> entry)
    {
        if (entry.State is not (EntityState.Added or EntityState.Modified)) return;

        var user = entry.Entity;
        var words = SearchWords.Of(user.Email, user.EmailKey, user.Name);
        if (entry.State == EntityState.Modified)
        {
            var old = entry.OriginalValues;
            if (old.GetValue<string>(nameof(User.Email)) == user.Email && old.GetValue<string?>(nameof(User.Name)) == user.Name) return;
            var had = SearchWords.Of(
                old.GetValue<string>(nameof(User.Email)), old.GetValue<string>(nameof(User.EmailKey)), old.GetValue<string?>(nameof(User.Name)));
            db.RemoveRange(had.Except(words).Select(word => new UserWord { UserId = user.Id, Word = word }));
            words.ExceptWith(had);
        }

        foreach (var word in words)
        {
            // the id of a new user is not known yet: EF Core puts it in when the database has given it
            var added = db.Entry(new UserWord { Word = word });
            added.Property(w => w.UserId).CurrentValue = entry.Property(u => u.Id).CurrentValue;
            added.State = EntityState.Added;
        }
    }
}
