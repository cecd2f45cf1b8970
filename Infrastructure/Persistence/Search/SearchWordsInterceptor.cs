using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>Writes, with each saved user and in the same transaction, the words that a search finds it by.</summary>
internal sealed class SearchWordsInterceptor : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var db = eventData.Context!;
        db.ChangeTracker.DetectChanges(); // EF Core does so after its interceptors
        foreach (var entry in db.ChangeTracker.Entries<UserWord>().ToList()) entry.State = EntityState.Detached; // of an earlier save
        foreach (var entry in db.ChangeTracker.Entries<User>().ToList()) UpdateFor(db, entry);
        return ValueTask.FromResult(result);
    }

    /// <summary>Adds and removes words as the name and the address of a user change.</summary>
    private static void UpdateFor(DbContext db, EntityEntry<User> entry)
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
