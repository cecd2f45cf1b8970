using System.Data.Common;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence.Scim;

internal sealed class ScimUsers(UsersDbContext db) : IScimUsers
{
    public Task<ScimRecord?> GetAsync(long id, CancellationToken ct) =>
        WithScim(db.Users.AsNoTracking().Where(user => user.Id == id)).FirstOrDefaultAsync(ct);

    public async Task<IReadOnlyList<ScimRecord>> ListAsync(ScimFilter? filter, long after, long skip, int limit, CancellationToken ct)
    {
        var users = Matching(filter).Where(user => user.Id > after).OrderBy(user => user.Id).AsQueryable();
        if (skip > 0) users = users.Skip(checked((int)skip)); // by number only where the place before it is not known
        return await WithScim(users.Take(limit)).ToListAsync(ct);
    }

    public Task<long> CountAsync(ScimFilter? filter, CancellationToken ct) => Matching(filter).LongCountAsync(ct);

    public Task<bool> HasChangedUsersAsync(CancellationToken ct) =>
        db.Users.AnyAsync(user => db.Set<ScimUser>().Any(scim => scim.UserId == user.Id), ct);

    public Task<ScimOutcome> WriteAsync(Func<CancellationToken, Task<ScimWrite?>> action, CancellationToken ct) => db.InTransactionAsync(
        async token =>
        {
            db.ChangeTracker.Clear(); // discards the entities of an earlier attempt
            if (await action(token) is not { } write) return (ScimOutcome.Rejected, false);
            var stored = await db.Set<ScimUser>().FirstOrDefaultAsync(user => user.UserId == write.UserId, token);
            var isNamed = write.Details.UserName != stored?.UserName;
            if (isNamed && !await TryNameAsync(write, token)) return (ScimOutcome.UserNameTaken, false);
            await SetAsync(stored, write, token);
            await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, token); // the evidence of the write is the user, which changed before
            return (ScimOutcome.Written, true);
        },
        ct);

    /// <summary>
    /// False if the name is the address of a user that SCIM has not named, and whose name it therefore is. REST does not look at names: see
    /// docs/decisions/0028-scim.md.
    /// </summary>
    private async Task<bool> TryNameAsync(ScimWrite write, CancellationToken ct)
    {
        var key = write.Details.UserName is { } userName ? ScimText.Key(userName) : null;
        var isAddress = key is not null && await db.Users.AnyAsync(
            user => user.EmailKey == key && user.Id != write.UserId && EF.Property<string?>(user, UserConfiguration.UserNameKey) == null, ct);
        if (isAddress) return false;
        try
        {
            await db.Users.Where(user => user.Id == write.UserId).ExecuteUpdateAsync(
                user => user.SetProperty(u => EF.Property<string?>(u, UserConfiguration.UserNameKey), key), ct);
            return true;
        }
        catch (DbException exception) when (db.IsUserNameTaken(exception))
        {
            return false;
        }
    }

    private async Task SetAsync(ScimUser? stored, ScimWrite write, CancellationToken ct)
    {
        if (stored?.Attributes != write.Details.Attributes) // of which the addresses are a part
        {
            if (stored is not null) await db.Set<ScimEmail>().Where(email => email.UserId == write.UserId).ExecuteDeleteAsync(ct);
            db.AddRange(write.Emails.Others.Select((email, number) => ScimEmail.Create(write.UserId, number, email.Value, email.Type)));
        }

        if (stored is null) db.Add(ScimUser.Create(write.UserId, write.Details, write.Emails));
        else stored.Replace(write.Details, write.Emails);
    }

    private IQueryable<User> Matching(ScimFilter? filter)
    {
        var users = db.Users.AsNoTracking();
        return filter is null ? users : users.Where(ScimCondition.Of(filter, db));
    }

    private IQueryable<ScimRecord> WithScim(IQueryable<User> users) =>
        from user in users
        join scim in db.Set<ScimUser>().AsNoTracking() on user.Id equals scim.UserId into found
        from scim in found.DefaultIfEmpty()
        orderby user.Id
        select new ScimRecord(user, scim);
}
