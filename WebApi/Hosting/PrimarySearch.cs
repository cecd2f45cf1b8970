using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Notices a failover to another server of the database, without a request that waits for a server that is gone.</summary>
internal sealed class PrimarySearch(PeriodicService.Host host)
    : PeriodicService("looking for the primary", TimeSpan.FromSeconds(1), host)
{
    protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<IDatabase>().FindPrimaryAsync(ct);
}
