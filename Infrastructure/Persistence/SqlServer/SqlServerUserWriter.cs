using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>By EF Core, whose statements for a user, its words and the record of the change are one round trip.</summary>
internal sealed class SqlServerUserWriter : IUserWriter
{
    public async Task WriteAsync(UsersDbContext db, CancellationToken ct)
    {
        var ofEarlierAttempt = db.ChangeTracker.Entries<UserWord>().ToList();
        foreach (var entry in ofEarlierAttempt) entry.State = EntityState.Detached;
        foreach (var entry in db.ChangeTracker.Entries<User>().Where(entry => entry.State is EntityState.Added or EntityState.Modified).ToList())
        {
            UpdateWords(db, entry);
            db.Record(entry.Entity);
        }

        await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, ct);
    }

    private static void UpdateWords(UsersDbContext db, EntityEntry<User> entry)
    {
        var (removed, added) = UserTable.ChangedWords(entry);
        var user = entry.Entity.Id;
        db.RemoveRange(removed.Select(word => new UserWord { UserId = user, Word = word }));
        db.AddRange(added.Select(word => new UserWord { UserId = user, Word = word }));
    }
}
