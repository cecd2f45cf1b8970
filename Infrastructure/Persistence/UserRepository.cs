using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserRepository(UsersDbContext db, UserById one) : IUserRepository
{
    public Task<User?> FindAsync(long id, CancellationToken ct) => one.Find(db, id, ct);

    public Task<User?> FindDeletedAsync(long id, CancellationToken ct) => one.FindDeleted(db, id, ct);

    public void Add(User user) => db.Users.Add(user);

    public void Remove(User user) => db.Users.Remove(user);

    public async Task<SaveOutcome> SaveAsync(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
            return SaveOutcome.Saved;
        }
        catch (DbUpdateConcurrencyException)
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
        return outcome;
    }
}
