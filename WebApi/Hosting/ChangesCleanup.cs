using CleanUsers.Application.Changes;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Deletes, every ten minutes, the changes whose retention time is over.</summary>
internal sealed class ChangesCleanup(IServiceScopeFactory scopes, PeriodicService.Host host)
    : PeriodicService("deleting old changes", TimeSpan.FromMinutes(10), host)
{
    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DeleteOldChanges>().ExecuteAsync(ct);
    }
}
