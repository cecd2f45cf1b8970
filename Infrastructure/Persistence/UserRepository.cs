using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class UserRepository(ScopedContext db, UserTable table, IUserLookup users, IUserWriter writer) : IUserRepository
{
    // what was read or added, as it is stored
    private readonly List<FoundUser> _found = [];

    public Task<User?> FindToChangeAsync(long id, CancellationToken ct) => FindOneToChangeAsync(id, deleted: false, ct);

    public Task<User?> FindDeletedToChangeAsync(long id, CancellationToken ct) => FindOneToChangeAsync(id, deleted: true, ct);

    public async Task<IReadOnlyList<User>> FindToChangeByEmailAsync(IReadOnlyCollection<string> emailKeys, CancellationToken ct)
    {
        var found = await db.Value.Users.AsNoTracking().Where(user => emailKeys.Contains(user.EmailKey)).ToListAsync(ct);
        Keep(found);
        return found;
    }

    public async Task<AddOutcome> AddAsync(User user, CancellationToken ct)
    {
        try
        {
            await writer.AddAsync(db, user, ct);
            _found.Add(new(user, table.Values(user)));
            return AddOutcome.Added;
        }
        catch (DbUpdateException exception) when (db.Value.IsEmailTaken(exception))
        {
            Forget();
            return AddOutcome.EmailTaken;
        }
    }

    public Task<UpdateOutcome> UpdateAsync(CancellationToken ct) => SaveAsync(UpdateFoundAsync, ct);

    public Task<UpdateOutcome> UpdateAndFailQueuedEmailsAsync(long userId, string reason, CancellationToken ct) => SaveAsync(
        outer => db.Value.InTransactionAsync(
            async token =>
            {
                await UpdateFoundAsync(token);
                await db.Value.Emails.Where(email => email.UserId == userId && email.DueAt != null).ExecuteUpdateAsync(
                    email => email
                        .SetProperty(e => e.Status, EmailStatus.Failed)
                        .SetProperty(e => e.LastError, reason)
                        .SetProperty(e => e.DueAt, (DateTimeOffset?)null)
                        .SetProperty(e => e.Version, e => e.Version + 1),
                    token);
                return (userId, true);
            },
            outer),
        ct);

    public async Task<UpdateOutcome> PurgeAsync(User user, CancellationToken ct)
    {
        db.Value.ChangeTracker.Clear();
        table.Attach(db.Value, _found.Single(found => found.User == user)).State = EntityState.Deleted;
        var words = SearchText.Words(user.SearchText);
        var isSaved = await db.Value.TrySaveAsync(
            async token =>
            {
                // locks the user before its record is there, as every other write does: EF Core inserts first, and a restore at the same time would
                // be a deadlock
                await db.Value.Users.IgnoreQueryFilters([UserConfiguration.NotDeleted]).Where(one => one.Id == user.Id)
                    .ExecuteUpdateAsync(one => one.SetProperty(stored => stored.Version, stored => stored.Version), token);
                db.Value.Record(user);
                await db.Value.SaveChangesAsync(acceptAllChangesOnSuccess: false, token);
                await db.Value.EraseStatesAsync(user.Id, token);
                await db.Value.Words.Where(word => words.Contains(word.Word) && word.UserId == user.Id).ExecuteDeleteAsync(token);
            },
            ct);
        return isSaved ? UpdateOutcome.Saved : UpdateOutcome.Conflict;
    }

    private async Task<User?> FindOneToChangeAsync(long id, bool deleted, CancellationToken ct)
    {
        var user = await users.GetAsync(db, id, deleted, ct);
        Keep(user is null ? [] : [user]);
        return user;
    }

    private Task UpdateFoundAsync(CancellationToken ct) => writer.UpdateAsync(db, [.. _found], ct);

    /// <summary>Keeps users as they are stored now, in place of those before.</summary>
    private void Keep(IReadOnlyCollection<User> users)
    {
        _found.Clear();
        _found.AddRange(users.Select(user => new FoundUser(user, table.Values(user))));
    }

    /// <summary>What could not be written is stale.</summary>
    private void Forget()
    {
        _found.Clear();
        db.Value.ChangeTracker.Clear();
    }

    private async Task<UpdateOutcome> SaveAsync(Func<CancellationToken, Task> write, CancellationToken ct)
    {
        try
        {
            await write(ct);
            Keep([.. _found.Select(found => found.User)]);
            return UpdateOutcome.Saved;
        }
        catch (DbUpdateException exception) when (OutcomeOf(exception) is { } outcome)
        {
            Forget();
            return outcome;
        }
    }

    private UpdateOutcome? OutcomeOf(DbUpdateException rejection) =>
        db.Value.IsConflict(rejection) ? UpdateOutcome.Conflict
        : db.Value.IsEmailTaken(rejection) ? UpdateOutcome.EmailTaken
        : db.Value.IsUserNameTaken(rejection) ? UpdateOutcome.UserNameTaken
        : null;
}
