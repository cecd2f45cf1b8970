using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Deletes, every ten minutes, the stored responses whose idempotency keys have expired.</summary>
internal sealed class IdempotencyCleanup(IServiceScopeFactory scopes, PeriodicService.Host host)
    : PeriodicService("deleting expired idempotency keys", TimeSpan.FromMinutes(10), host)
{
    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(ct);
    }
}
