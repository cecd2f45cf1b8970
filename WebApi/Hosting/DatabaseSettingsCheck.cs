using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Warns once, after the start, about settings of the database that make the service slow.</summary>
internal sealed partial class DatabaseSettingsCheck(PeriodicService.Host host, ILogger<DatabaseSettingsCheck> logger)
    : PeriodicService("checking the settings of the database", TimeSpan.FromSeconds(5), host)
{
    /// <summary>Again after five seconds if the database could not be reached.</summary>
    protected override async Task RunOnceAsync(IServiceProvider services, CancellationToken ct)
    {
        if (await services.GetRequiredService<IDatabase>().FindAdviceAsync(ct) is { } advice) LogAdvice(logger, advice);
        IsDone = true;
    }

    [LoggerMessage(LogLevel.Warning, "{Advice}")]
    private static partial void LogAdvice(ILogger logger, string advice);
}
