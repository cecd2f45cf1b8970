using CleanUsers.Application.DeletedUsers;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Erases, every ten minutes, the users whose time in the bin is over.</summary>
internal sealed class ExpiredUsers(PurgeExpiredUsers purgeExpiredUsers, Recurring recurring) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        recurring.RunAsync("erasing users", TimeSpan.FromMinutes(10), async ct => await purgeExpiredUsers.ExecuteAsync(ct), stoppingToken);
}
