using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Deletes, every ten minutes, the stored responses whose idempotency keys have expired.</summary>
internal sealed class IdempotencyCleanup(PeriodicService.Host host)
    : PeriodicService("deleting expired idempotency keys", TimeSpan.FromMinutes(10), host)
{
    protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(ct);
}
