using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserRepository(UsersDbContext db) : IUserRepository
{
    private static readonly Func<UsersDbContext, long, CancellationToken, Task<User?>> ById = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) => db.Users.FirstOrDefault(user => user.Id == id));

    // the bin is what the filter hides
    private static readonly Func<UsersDbContext, long, CancellationToken, Task<User?>> DeletedById = EF.CompileAsyncQuery(
        (UsersDbContext db, long id, CancellationToken ct) => db.Users
            .IgnoreQueryFilters(new[] { UserConfiguration.NotDeleted })
            .FirstOrDefault(user => user.Id == id && user.DeletedAt != null));

    public Task<User?> FindAsync(long id, CancellationToken ct) => ById(db, id, ct);

    public Task<User?> FindDeletedAsync(long id, CancellationToken ct) => DeletedById(db, id, ct);

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
