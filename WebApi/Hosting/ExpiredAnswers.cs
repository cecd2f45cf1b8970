using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Forgets, every ten minutes, the answers whose idempotency keys have expired.</summary>
internal sealed partial class ExpiredAnswers(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ExpiredAnswers> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await ForgetAsync(stoppingToken);
    }

    private async Task ForgetAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            await scope.ServiceProvider.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(ct);
        }
        catch (Exception exception) when (scope.ServiceProvider.GetRequiredService<IDatabase>().IsUnavailable(exception))
        {
            LogLater(logger, exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database can't serve: expired idempotency keys stay until the next time.")]
    private static partial void LogLater(ILogger logger, Exception exception);
}
