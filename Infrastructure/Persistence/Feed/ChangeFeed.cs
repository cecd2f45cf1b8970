using CleanUsers.Application.Ports;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence.Feed;

internal sealed class ChangeFeed(UsersDbContext db) : IChangeFeed
{
    private const int DeletedAtATime = 500;

    private DbSet<FeedMark> Marks => db.Set<FeedMark>();

    public Task<bool> PlaceAsync(CancellationToken ct) => db.PlaceChangesAsync(ct);

    public async Task<IReadOnlyList<PlacedChange>> ListAsync(long from, int limit, CancellationToken ct) =>
        await WithChanges(db.Feed.Where(entry => entry.Position >= from).OrderBy(entry => entry.Position).Take(limit)).ToListAsync(ct);

    public async Task<PlacedChange?> GetNewestAsync(CancellationToken ct) =>
        await WithChanges(db.Feed.OrderByDescending(entry => entry.Position).Take(1)).SingleOrDefaultAsync(ct);

    public async Task<long> GetEndAsync(CancellationToken ct) => await db.Feed.MaxAsync(entry => (long?)entry.Position, ct) ?? 0;

    public async Task MarkAsync(DateTimeOffset now, CancellationToken ct)
    {
        var (end, marked) = (await GetEndAsync(ct), await Marks.MaxAsync(mark => (long?)mark.Position, ct));
        if (end == 0 || end == marked) return;
        db.Add(new FeedMark { At = now, Position = end });
        await db.TrySaveAsync(ct); // another process may have set the same one
    }

    public async Task<int> DeleteOldestAsync(DateTimeOffset end, CancellationToken ct)
    {
        if (await Marks.Where(mark => mark.At <= end).MaxAsync(mark => (long?)mark.Position, ct) is not { } marked) return 0;
        db.ChangeTracker.Clear();
        var oldest = await (
            from entry in db.Feed.Where(entry => entry.Position < marked).OrderBy(entry => entry.Position).Take(DeletedAtATime)
            join change in db.Changes on new { entry.UserId, entry.Version } equals new { change.UserId, change.Version }
            select new { entry, change }).ToListAsync(ct);
        if (oldest.Count == 0)
        {
            await Marks.Where(mark => mark.Position < marked).ExecuteDeleteAsync(ct);
            return 0;
        }

        db.RemoveRange(oldest.Select(placed => placed.entry));
        db.RemoveRange(oldest.Select(placed => placed.change));
        return await db.TrySaveAsync(ct) ? oldest.Count : 0; // else another process deletes them
    }

    private IQueryable<PlacedChange> WithChanges(IQueryable<FeedEntry> entries) =>
        from entry in entries
        join change in db.Changes.AsNoTracking()
            on new { entry.UserId, entry.Version } equals new { change.UserId, change.Version }
        orderby entry.Position
        select new PlacedChange(entry.Position, change);
}
