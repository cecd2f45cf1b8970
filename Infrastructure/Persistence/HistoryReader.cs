using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class HistoryReader(UsersDbContext db) : IHistoryReader
{
    public async Task<IReadOnlyList<UserChange>> ListAsync(long userId, long? before, int limit, CancellationToken ct)
    {
        var changes = db.Changes.AsNoTracking().Where(change => change.UserId == userId);
        if (before is { } version) changes = changes.Where(change => change.Version < version);
        return await changes.OrderByDescending(change => change.Version).Take(limit).ToListAsync(ct);
    }
}
