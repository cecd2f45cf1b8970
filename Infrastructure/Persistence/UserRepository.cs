using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserRepository(UsersDbContext db, UserById one) : IUserRepository
{
    // not in the context yet: it gives ids, which can mean to wait for the database
    private readonly List<User> _added = [];

    public Task<User?> FindAsync(long id, CancellationToken ct) => one.Find(db, id, ct);

    public Task<User?> FindDeletedAsync(long id, CancellationToken ct) => one.FindDeleted(db, id, ct);

    public async Task<IReadOnlyList<User>> FindByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct)
    {
        db.ChangeTracker.Clear(); // or it would hold all that an import ever replaced
        return await db.Users.Where(user => emailKeys.Contains(user.EmailKey)).ToListAsync(ct);
    }

    public void Add(User user) => _added.Add(user);

    public void Remove(User user) => db.Users.Remove(user);

    public async Task<SaveOutcome> SaveAsync(CancellationToken ct)
    {
        try
        {
            foreach (var user in _added) await db.AddUserAsync(user, ct);
            _added.Clear();
            await db.SaveChangesAsync(ct);
            return SaveOutcome.Saved;
        }
        catch (DbUpdateException exception) when (exception is DbUpdateConcurrencyException || db.IsConflict(exception))
        {
            return Forget(SaveOutcome.VersionConflict);
        }
        catch (DbUpdateException exception) when (db.IsEmailTaken(exception))
        {
            return Forget(SaveOutcome.EmailTaken);
        }
    }

    // what the context still tracks is not what the database holds
    private SaveOutcome Forget(SaveOutcome outcome)
    {
        db.ChangeTracker.Clear();
        _added.Clear();
        return outcome;
    }
}
