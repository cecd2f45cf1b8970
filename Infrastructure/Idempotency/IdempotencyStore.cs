using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Idempotency;

internal sealed class IdempotencyStore(UsersDbContext db, TimeProvider clock) : IIdempotencyStore
{
    public async Task<IdempotencyOutcome> ExecuteOnceAsync(
        IdempotentRequest request, Func<CancellationToken, Task<KeptAnswer?>> action, TimeSpan patience, CancellationToken ct)
    {
        while (true)
        {
            using var waiting = new CancellationTokenSource(patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, ct);
            try
            {
                // where readers wait for writers, this waits, too
                if (await FindAsync(request, either.Token) is { } before) return before;
                if (await ClaimAndExecuteAsync(request, action, either.Token) is { } now) return now;
            }
            catch (OperationCanceledException) when (waiting.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                return new(IdempotencyOutcomeKind.InProgress);
            }
        }
    }

    public Task<int> DeleteExpiredAsync(CancellationToken ct)
    {
        var expired = Expired();
        return db.Set<IdempotencyRecord>().Where(record => record.CreatedAt <= expired).ExecuteDeleteAsync(ct);
    }

    private async Task<IdempotencyOutcome?> FindAsync(IdempotentRequest request, CancellationToken ct)
    {
        var expired = Expired();
        var record = await db.Set<IdempotencyRecord>().AsNoTracking()
            .FirstOrDefaultAsync(record => record.Scope == request.Scope && record.CreatedAt > expired, ct);
        if (record is null) return null;
        return record.Fingerprint == request.Fingerprint
            ? new(IdempotencyOutcomeKind.Replayed, new(record.UserId!.Value, record.Status, record.Body, record.Location, record.EntityTag))
            : new(IdempotencyOutcomeKind.KeyReused);
    }

    /// <summary>
    /// Writes the claim first: its key makes every other request with it wait until this transaction ends. Null where another one came first.
    /// </summary>
    private Task<IdempotencyOutcome?> ClaimAndExecuteAsync(
        IdempotentRequest request, Func<CancellationToken, Task<KeptAnswer?>> action, CancellationToken ct)
    {
        var userId = (long?)null;
        return db.InTransactionAsync<IdempotencyOutcome?>(
            async token =>
            {
                db.ChangeTracker.Clear(); // of a try before
                var expired = Expired();
                await db.Set<IdempotencyRecord>().Where(record => record.Scope == request.Scope && record.CreatedAt <= expired).ExecuteDeleteAsync(token);
                var claim = new IdempotencyRecord { Scope = request.Scope, Fingerprint = request.Fingerprint, CreatedAt = clock.GetUtcNow() };
                db.Add(claim);
                try
                {
                    await db.SaveAsync(token);
                }
                catch (DbUpdateException exception) when (db.IsConflict(exception))
                {
                    return (null, false);
                }

                if (await action(token) is not { } answer) return (new(IdempotencyOutcomeKind.Refused), false);

                db.Attach(claim); // a refused save in between makes the context forget it
                (claim.UserId, claim.Status, claim.Body, claim.Location, claim.EntityTag) =
                    (userId = answer.UserId, answer.Status, answer.Body, answer.Location, answer.EntityTag);
                await db.SaveAsync(token);
                return (new(IdempotencyOutcomeKind.Done, answer), true);
            },
            ct,
            async token => await db.Set<IdempotencyRecord>().AnyAsync(record => record.Scope == request.Scope && record.UserId == userId, token)
                ? WriteTrace.Exact
                : WriteTrace.None);
    }

    private DateTimeOffset Expired() => clock.GetUtcNow() - IIdempotencyStore.Lifetime;
}
