using CleanUsers.Application.Changes;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Deletes, every ten minutes, the changes whose retention time is over.</summary>
internal sealed class ChangesCleanup(PeriodicService.Host host)
    : PeriodicService("deleting old changes", TimeSpan.FromMinutes(10), host)
{
    protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<DeleteOldChanges>().ExecuteAsync(ct);
}
