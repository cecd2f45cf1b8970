using CleanUsers.Application.Ports;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Idempotency;

internal sealed class IdempotencyStore(UsersDbContext db, TimeProvider clock) : IIdempotencyStore
{
    /// <summary>Fewer than the locks at which SQL Server locks the whole table: requests go on while a day's records are deleted.</summary>
    internal const int DeletedAtATime = 1000;

    public async Task<IdempotencyOutcome> ExecuteOnceAsync(
        IdempotentRequest request, Func<CancellationToken, Task<ResponseToStore?>> action, TimeSpan timeout, CancellationToken ct)
    {
        using var waiting = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, ct);
        try
        {
            while (true)
            {
                // on SQL Server without row versions, this waits for the other request too
                if (await FindAsync(request, either.Token) is { } before) return before;
                if (await ClaimAndExecuteAsync(request, ExecuteAsync, either.Token) is { } now) return now;
            }
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new(IdempotencyOutcomeKind.InProgress);
        }

        Task<ResponseToStore?> ExecuteAsync(CancellationToken token)
        {
            waiting.CancelAfter(Timeout.InfiniteTimeSpan); // the wait for another request is over: this one has the key
            return action(token);
        }
    }

    public async Task<int> DeleteExpiredAsync(CancellationToken ct)
    {
        var (expired, deleted, batch) = (Expired(), 0, 0);
        do
        {
            batch = await db.Set<IdempotencyRecord>().Where(record => record.CreatedAt <= expired).OrderBy(record => record.CreatedAt)
                .Take(DeletedAtATime).ExecuteDeleteAsync(ct);
            deleted += batch;
        }
        while (batch == DeletedAtATime);

        return deleted;
    }

    private async Task<IdempotencyOutcome?> FindAsync(IdempotentRequest request, CancellationToken ct)
    {
        var expired = Expired();
        var record = await db.Set<IdempotencyRecord>().AsNoTracking()
            .FirstOrDefaultAsync(record => record.Scope == request.Scope && record.CreatedAt > expired, ct);
        if (record is null) return null;
        if (record.Fingerprint != request.Fingerprint) return new(IdempotencyOutcomeKind.KeyReused);
        await db.WaitForStandbyAsync(ct);
        return new(IdempotencyOutcomeKind.Replayed, record.Response);
    }

    /// <summary>
    /// Writes the claim first: its key makes every other request with it wait until this transaction ends. Null if another request came first.
    /// </summary>
    private Task<IdempotencyOutcome?> ClaimAndExecuteAsync(
        IdempotentRequest request, Func<CancellationToken, Task<ResponseToStore?>> action, CancellationToken ct)
    {
        var userId = (long?)null;
        return db.InTransactionAsync<IdempotencyOutcome?>(
            async token =>
            {
                db.ChangeTracker.Clear(); // discards the entities of an earlier attempt
                var expired = Expired();
                await db.Set<IdempotencyRecord>().Where(record => record.Scope == request.Scope && record.CreatedAt <= expired)
                    .ExecuteDeleteAsync(token);
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

                if (await action(token) is not { } stored) return (new(IdempotencyOutcomeKind.Rejected), false);

                db.Attach(claim); // a rejected save in between removes it from the context
                (claim.UserId, claim.Response) = (userId = stored.UserId, stored.Response);
                await db.SaveAsync(token);
                return (new(IdempotencyOutcomeKind.Executed, stored.Response), true);
            },
            async token => await db.Set<IdempotencyRecord>().AnyAsync(record => record.Scope == request.Scope && record.UserId == userId, token)
                ? WriteTrace.Exact
                : WriteTrace.None,
            ct);
    }

    private DateTimeOffset Expired() => clock.GetUtcNow() - IIdempotencyStore.Lifetime;
}
