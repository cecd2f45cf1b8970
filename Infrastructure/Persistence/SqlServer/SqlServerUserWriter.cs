using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>By EF Core, whose statements for a user, its words and the record of the change are one round trip.</summary>
internal sealed class SqlServerUserWriter(UserTable table) : IUserWriter
{
    public async Task AddAsync(ScopedContext db, User user, CancellationToken ct)
    {
        await db.Value.AddWithIdAsync(user, ct);
        await SaveAsync(db.Value, [(user, ([], SearchText.Words(user.SearchText)))], ct);
    }

    public Task UpdateAsync(ScopedContext db, IReadOnlyList<FoundUser> users, CancellationToken ct)
    {
        db.Value.ChangeTracker.Clear(); // an earlier use case of the same scope may have left the users as they were then
        var changed = users.Where(found => table.Attach(db.Value, found).State == EntityState.Modified).ToList();
        return changed.Count == 0
            ? Task.CompletedTask
            : SaveAsync(db.Value, changed.Select(found => (found.User, table.ChangedWords(found))).ToList(), ct);
    }

    private static Task SaveAsync(
        UsersDbContext db, IReadOnlyList<(User User, (IReadOnlyList<string> Removed, IReadOnlyList<string> Added) Words)> changes,
        CancellationToken ct)
    {
        return db.SaveAsync(WriteAsync, ct);

        async Task WriteAsync(CancellationToken token)
        {
            var ofEarlierAttempt = db.ChangeTracker.Entries<UserWord>().ToList();
            foreach (var entry in ofEarlierAttempt) entry.State = EntityState.Detached;
            foreach (var (user, words) in changes)
            {
                db.RemoveRange(words.Removed.Select(word => new UserWord { UserId = user.Id, Word = word }));
                db.AddRange(words.Added.Select(word => new UserWord { UserId = user.Id, Word = word }));
                db.Record(user);
            }

            await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, token);
        }
    }
}
