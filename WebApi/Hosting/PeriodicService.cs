using System.Collections.Concurrent;
using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>
/// A background service that does its work again and again. It outlives every exception but cancellation: an unexpected one is logged, and the
/// work is tried again at its next time. An exception that left <see cref="ExecuteAsync"/> would stop the whole service.
/// </summary>
/// <param name="work">What is done, for the log.</param>
/// <param name="pause">From the end of one run, and from the start of the service, to the next run.</param>
/// <param name="host">What every periodic service needs.</param>
internal abstract partial class PeriodicService(string work, TimeSpan pause, PeriodicService.Host host) : BackgroundService
{
    /// <summary>How often the same error is logged, at most: some services run several times a second, and an outage may last.</summary>
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    // of each work: the last error that was logged since its last success, and when
    private readonly ConcurrentDictionary<string, LoggedError> _logged = new();

    /// <summary>Whether nothing is left to do; it ends then.</summary>
    protected bool IsDone { get; set; }

    /// <param name="services">Of a scope of its own.</param>
    /// <param name="ct">Cancelled at shutdown.</param>
    protected abstract Task RunOnceAsync(IServiceProvider services, CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!IsDone)
            {
                await Task.Delay(pause, host.Clock, stoppingToken);
                await RunOrLogAsync(work, RunInScopeAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the end; a host that could not start would report the exception as a failure of this service
        }
    }

    /// <summary>Does the work, or a part of it: an unexpected exception is logged.</summary>
    /// <param name="work">What is done, for the log; a part that fails is logged for itself.</param>
    /// <returns>Whether it succeeded.</returns>
    protected async Task<bool> RunOrLogAsync(string work, Func<CancellationToken, Task> run, CancellationToken stoppingToken)
    {
        try
        {
            await run(stoppingToken);
            _logged.TryRemove(work, out _);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            // of any type: drivers and libraries throw more than they document
            var kind = exception.GetBaseException().GetType();
            if (_logged.TryGetValue(work, out var logged) && logged.Kind == kind && host.Clock.GetElapsedTime(logged.At) < LogInterval) return false;
            _logged[work] = new(kind, host.Clock.GetTimestamp());
            if (IsUnavailable(exception)) LogUnavailable(host.Logger, work, exception);
            else LogFailed(host.Logger, work, exception);
            return false;
        }
    }

    /// <summary>Executes a use case in a scope of its own.</summary>
    protected async Task<T> InScopeAsync<TUseCase, T>(Func<TUseCase, Task<T>> execute)
        where TUseCase : notnull
    {
        await using var scope = host.Scopes.CreateAsyncScope();
        return await execute(scope.ServiceProvider.GetRequiredService<TUseCase>());
    }

    private async Task RunInScopeAsync(CancellationToken ct)
    {
        await using var scope = host.Scopes.CreateAsyncScope();
        await RunOnceAsync(scope.ServiceProvider, ct);
    }

    private bool IsUnavailable(Exception exception)
    {
        using var scope = host.Scopes.CreateScope();
        return scope.ServiceProvider.GetRequiredService<IDatabase>().IsUnavailable(exception);
    }

    [LoggerMessage(LogLevel.Warning, "The database is not available: {Work} is tried again later.")]
    private static partial void LogUnavailable(ILogger logger, string work, Exception exception);

    [LoggerMessage(LogLevel.Error, "An unexpected error: {Work} is tried again later.")]
    private static partial void LogFailed(ILogger logger, string work, Exception exception);

    private sealed record LoggedError(Type Kind, long At);

    internal sealed record Host(IServiceScopeFactory Scopes, TimeProvider Clock, ILogger<PeriodicService> Logger);
}
