using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>By EF Core, whose statements for a user and its words are one round trip.</summary>
internal sealed class SqlServerUserWriter : IUserWriter
{
    public async Task WriteAsync(UsersDbContext db, CancellationToken ct)
    {
        foreach (var entry in db.ChangeTracker.Entries<UserWord>().ToList()) entry.State = EntityState.Detached; // of an earlier attempt
        foreach (var entry in db.ChangeTracker.Entries<User>().ToList()) UpdateWords(db, entry);
        await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, ct);
    }

    private static void UpdateWords(UsersDbContext db, EntityEntry<User> entry)
    {
        var (removed, added) = entry.ChangedWords();
        var user = entry.Property(user => user.Id).CurrentValue;
        db.RemoveRange(removed.Select(word => new UserWord { UserId = user, Word = word }));
        db.AddRange(added.Select(word => new UserWord { UserId = user, Word = word }));
    }
}
