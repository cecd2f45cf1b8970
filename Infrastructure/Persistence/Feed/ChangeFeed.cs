using CleanUsers.Application.Ports;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence.Feed;

internal sealed class ChangeFeed(UsersDbContext db) : IChangeFeed
{
    public Task<bool> PlaceAsync(CancellationToken ct) => db.PlaceChangesAsync(ct);

    public async Task<IReadOnlyList<PlacedChange>> ListAsync(long from, int limit, CancellationToken ct) =>
        await WithChanges(db.Feed.Where(entry => entry.Position >= from).OrderBy(entry => entry.Position).Take(limit)).ToListAsync(ct);

    public async Task<PlacedChange?> GetNewestAsync(CancellationToken ct) =>
        await WithChanges(db.Feed.OrderByDescending(entry => entry.Position).Take(1)).SingleOrDefaultAsync(ct);

    private IQueryable<PlacedChange> WithChanges(IQueryable<FeedEntry> entries) =>
        from entry in entries
        join change in db.Changes.AsNoTracking()
            on new { entry.UserId, entry.Version } equals new { change.UserId, change.Version }
        orderby entry.Position
        select new PlacedChange(entry.Position, change);
}
