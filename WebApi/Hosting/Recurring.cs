using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Work that is done again and again in the background; a database that can't serve now delays it to the next time.</summary>
internal sealed partial class Recurring(IServiceScopeFactory scopes, TimeProvider clock, ILogger<Recurring> logger)
{
    /// <param name="what">For the log.</param>
    /// <param name="pause">From the end of one time, and from the start, to the next.</param>
    /// <param name="work">What is done.</param>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(string what, TimeSpan pause, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(pause, clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                await work(ct);
            }
            catch (Exception exception) when (IsUnavailable(exception))
            {
                LogLater(logger, what, exception);
            }
        }
    }

    private bool IsUnavailable(Exception exception)
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetRequiredService<IDatabase>().IsUnavailable(exception);
    }

    [LoggerMessage(LogLevel.Warning, "The database can't serve: {What} waits until the next time.")]
    private static partial void LogLater(ILogger logger, string what, Exception exception);
}
