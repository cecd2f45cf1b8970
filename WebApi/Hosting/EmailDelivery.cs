using CleanUsers.Application.Emails;
using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Delivers, in the background, the emails that wait; looks every two seconds whether there are any.</summary>
internal sealed partial class EmailDelivery(DeliverEmails deliverEmails, IServiceScopeFactory scopes, TimeProvider clock, ILogger<EmailDelivery> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await DeliverAsync(stoppingToken);
    }

    private async Task DeliverAsync(CancellationToken ct)
    {
        try
        {
            while (await deliverEmails.ExecuteAsync(ct) > 0) ct.ThrowIfCancellationRequested();
        }
        catch (Exception exception) when (IsUnavailable(exception))
        {
            LogLater(logger, exception);
        }
    }

    private bool IsUnavailable(Exception exception)
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetRequiredService<IDatabase>().IsUnavailable(exception);
    }

    [LoggerMessage(LogLevel.Warning, "The database can't serve: emails wait until the next time.")]
    private static partial void LogLater(ILogger logger, Exception exception);
}
