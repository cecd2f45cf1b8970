using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class EmailRepository(UsersDbContext db) : IEmailRepository
{
    public Task<Email?> GetAsync(long userId, long id, CancellationToken ct) =>
        db.Emails.AsNoTracking().FirstOrDefaultAsync(email => email.Id == id && email.UserId == userId, ct);

    public async Task<IReadOnlyList<Email>> ListAsync(long userId, long? before, int limit, CancellationToken ct)
    {
        var emails = db.Emails.AsNoTracking().Where(email => email.UserId == userId);
        if (before is { } id) emails = emails.Where(email => email.Id < id);
        return await emails.OrderByDescending(email => email.Id).Take(limit).ToListAsync(ct);
    }

    public async Task<bool> TryAddAsync(Email email, CancellationToken ct)
    {
        await db.AddWithIdAsync(email, ct);
        return await TryUpdateAsync(ct); // a conflict: the foreign key finds no user
    }

    public async Task<IReadOnlyList<long>> GetDueAsync(DateTimeOffset now, int limit, CancellationToken ct) =>
        await db.Emails.Where(email => email.DueAt <= now).OrderBy(email => email.DueAt).Select(email => email.Id).Take(limit).ToListAsync(ct);

    public Task<long> CountWaitingAsync(CancellationToken ct) => db.Emails.LongCountAsync(email => email.DueAt != null, ct);

    public async Task<(Email Email, User User)?> FindToDeliverAsync(long id, CancellationToken ct)
    {
        if (await db.Emails.FirstOrDefaultAsync(email => email.Id == id, ct) is not { } email) return null;
        // a deleted user too, so that the delivery sees that it is deleted
        var user = await db.Users.AsNoTracking().IgnoreQueryFilters([UserConfiguration.NotDeleted])
            .FirstOrDefaultAsync(user => user.Id == email.UserId, ct);
        return user is null ? null : (email, user);
    }

    public Task<bool> TryUpdateAsync(CancellationToken ct) => db.TrySaveAsync(ct);
}
