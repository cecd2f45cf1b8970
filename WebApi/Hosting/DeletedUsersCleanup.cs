using CleanUsers.Application.DeletedUsers;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Purges, every ten minutes, the deleted users whose retention time is over.</summary>
internal sealed class DeletedUsersCleanup(IServiceScopeFactory scopes, PeriodicService.Host host)
    : PeriodicService("purging deleted users", TimeSpan.FromMinutes(10), host)
{
    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<PurgeExpiredUsers>().ExecuteAsync(ct);
    }
}
