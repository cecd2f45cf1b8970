using CleanUsers.Application.DeletedUsers;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Purges, every ten minutes, the deleted users whose retention time is over.</summary>
internal sealed class DeletedUsersCleanup(PeriodicService.Host host)
    : PeriodicService("purging deleted users", TimeSpan.FromMinutes(10), host)
{
    protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<PurgeExpiredUsers>().ExecuteAsync(ct);
}
