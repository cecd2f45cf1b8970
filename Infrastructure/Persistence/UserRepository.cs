using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserRepository(
    UsersDbContext db, IUserLookup users, CompiledUserQueries inTransaction, IUserWriter writer) : IUserRepository
{
    public async Task<User?> FindToChangeAsync(long id, CancellationToken ct) => Track(await FindAsync(id, deleted: false, ct));

    public async Task<User?> FindDeletedToChangeAsync(long id, CancellationToken ct) => Track(await FindAsync(id, deleted: true, ct));

    public async Task<IReadOnlyList<User>> FindToChangeByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct)
    {
        db.ChangeTracker.Clear(); // or it would hold all that an import ever replaced
        return await db.Users.Where(user => emailKeys.Contains(user.EmailKey)).ToListAsync(ct);
    }

    public async Task<AddOutcome> AddAsync(User user, CancellationToken ct)
    {
        try
        {
            await db.AddWithIdAsync(user, ct);
            await db.SaveAsync(ct, WriteAsync);
            return AddOutcome.Added;
        }
        catch (DbUpdateException exception) when (db.IsEmailTaken(exception))
        {
            db.ChangeTracker.Clear();
            return AddOutcome.EmailTaken;
        }
    }

    public async Task<UpdateOutcome> UpdateAsync(CancellationToken ct) => await SaveAsync(WriteAsync, ct);

    public async Task<UpdateOutcome> UpdateAndFailQueuedEmailsAsync(long userId, string reason, CancellationToken ct) => await SaveAsync(
        async token =>
        {
            await WriteAsync(token);
            await db.Emails.Where(email => email.UserId == userId && email.DueAt != null).ExecuteUpdateAsync(
                email => email
                    .SetProperty(e => e.Status, EmailStatus.Failed)
                    .SetProperty(e => e.LastError, reason)
                    .SetProperty(e => e.DueAt, (DateTimeOffset?)null)
                    .SetProperty(e => e.Version, e => e.Version + 1),
                token);
        },
        ct);

    public async Task<bool> TryPurgeAsync(User user, CancellationToken ct)
    {
        db.Users.Remove(user);
        var words = SearchText.Words(user.SearchText);
        var saved = await SaveAsync(
            async token =>
            {
                db.Record(user);
                await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, token);
                await db.EraseStatesAsync(user.Id, token);
                await db.Words.Where(word => words.Contains(word.Word) && word.UserId == user.Id).ExecuteDeleteAsync(token);
            },
            ct);
        return saved == UpdateOutcome.Saved;
    }

    private Task WriteAsync(CancellationToken ct) => writer.WriteAsync(db, ct);

    /// <summary>
    /// In a transaction on its own connection: on SQLite it can be shared with writers before, whose changes another connection does not see yet.
    /// </summary>
    private Task<User?> FindAsync(long id, bool deleted, CancellationToken ct) =>
        db.Database.CurrentTransaction is null ? users.GetAsync(db, id, deleted, ct) : inTransaction.GetAsync(db, id, deleted, ct);

    private User? Track(User? user)
    {
        db.ChangeTracker.Clear(); // an earlier use case of the same scope may have left the user as it was then
        if (user is not null) db.Attach(user);
        return user;
    }

    private async Task<UpdateOutcome> SaveAsync(Func<CancellationToken, Task>? write, CancellationToken ct)
    {
        try
        {
            await db.SaveAsync(ct, write);
            return UpdateOutcome.Saved;
        }
        catch (DbUpdateException exception) when (db.IsConflict(exception))
        {
            db.ChangeTracker.Clear();
            return UpdateOutcome.Conflict;
        }
        catch (DbUpdateException exception) when (db.IsEmailTaken(exception))
        {
            db.ChangeTracker.Clear();
            return UpdateOutcome.EmailTaken;
        }
        catch (DbUpdateException exception) when (db.IsUserNameTaken(exception))
        {
            db.ChangeTracker.Clear();
            return UpdateOutcome.UserNameTaken;
        }
    }
}
