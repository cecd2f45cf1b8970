using CleanUsers.Application.Ports;
using CleanUsers.Domain.ApiKeys;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

internal sealed class ApiKeyRepository(UsersDbContext db) : IApiKeyRepository
{
    public Task<ApiKey?> GetAsync(long id, CancellationToken ct) => db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(key => key.Id == id, ct);

    public Task<ApiKey?> GetByDigestAsync(string digest, CancellationToken ct) =>
        db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(key => key.Digest == digest || key.PreviousDigest == digest, ct);

    public async Task<IReadOnlyList<ApiKey>> ListAsync(long? before, int limit, CancellationToken ct)
    {
        var keys = db.ApiKeys.AsNoTracking();
        if (before is { } id) keys = keys.Where(key => key.Id < id);
        return await keys.OrderByDescending(key => key.Id).Take(limit).ToListAsync(ct);
    }

    public async Task AddAsync(ApiKey key, CancellationToken ct)
    {
        await db.AddWithIdAsync(key, ct);
        await db.SaveAsync(ct);
    }

    public Task<ApiKey?> FindToChangeAsync(long id, CancellationToken ct) => db.ApiKeys.FirstOrDefaultAsync(key => key.Id == id, ct);

    public Task<bool> TryUpdateAsync(CancellationToken ct) => db.TrySaveAsync(ct);

    public Task<bool> TryDeleteAsync(ApiKey key, CancellationToken ct)
    {
        db.Remove(key);
        return db.TrySaveAsync(ct);
    }
}
