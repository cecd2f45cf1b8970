using System.Runtime.InteropServices;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Changes;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>What the service does besides serving requests.</summary>
internal static partial class BackgroundServices
{
    private const string HostLog = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>How often what has expired is deleted.</summary>
    private static readonly TimeSpan CleanupInterval = TimeSpan.FromMinutes(10);

    public static WebApplicationBuilder AddBackgroundServices(this WebApplicationBuilder builder)
    {
        builder.Logging.AddFilter(HostLog, LogLevel.None); // it has a stack for every start that fails; RunUntilShutdownAsync logs what needs one
        builder.Services
            .AddSingleton<PeriodicService.Host>()
            .AddHostedService<DatabaseSettingsCheck>()
            .AddHostedService<EmailDelivery>()
            .AddHostedService<FeedPlacement>()
            .AddHostedService<WebhookDelivery>()
            // a failover is noticed here, so that no request waits for a server that is gone
            .AddPeriodic<IDatabase>("looking for the primary", TimeSpan.FromSeconds(1), (database, ct) => database.FindPrimaryAsync(ct))
            // without a use there is no query
            .AddPeriodic<RecordApiKeyUses>("recording the uses of API keys", TimeSpan.FromSeconds(1), (record, ct) => record.ExecuteAsync(ct))
            .AddPeriodic<IIdempotencyStore>("deleting expired idempotency keys", CleanupInterval, (store, ct) => store.DeleteExpiredAsync(ct))
            .AddPeriodic<PurgeExpiredUsers>("purging deleted users", CleanupInterval, (purge, ct) => purge.ExecuteAsync(ct))
            .AddPeriodic<DeleteOldChanges>("deleting old changes", CleanupInterval, (delete, ct) => delete.ExecuteAsync(ct));
        return builder;
    }

    private static IServiceCollection AddPeriodic<T>(
        this IServiceCollection services, string work, TimeSpan pause, Func<T, CancellationToken, Task> run)
        where T : notnull =>
        services.AddHostedService(provider => new PeriodicWork<T>(work, pause, run, provider.GetRequiredService<PeriodicService.Host>()));

    /// <summary>
    /// Runs until shutdown. The host stops when a background service fails, and <see cref="HostingAbstractionsHostExtensions.WaitForShutdownAsync"/>
    /// returns as after an orderly shutdown, with exit code 0: so the exception is thrown here.
    /// </summary>
    /// <exception cref="AddressUnavailableException">The service can't listen on an address.</exception>
    public static async Task RunUntilShutdownAsync(this WebApplication app)
    {
        // found now: the host disposes of its container at the end
        var services = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        // as SIGTERM: the host does not listen to it, and a terminal that is closed sends it
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            app.Lifetime.StopApplication();
        });
        try
        {
            await RunAsync();
            foreach (var failed in Failed()) await failed;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or AddressUnavailableException))
        {
            LogFailed(app.Logger, exception);
            throw;
        }

        async Task RunAsync()
        {
            try
            {
                var addresses = app.Configuration[WebHostDefaults.ServerUrlsKey] ?? "";
                await ListeningPort.StartAsync(app, addresses, CancellationToken.None);
                await app.WaitForShutdownAsync();
            }
            catch (OperationCanceledException) when (Failed().Any())
            {
                // it failed while the host was still starting
            }
        }

        IEnumerable<Task> Failed() => services.Select(service => service.ExecuteTask).OfType<Task>().Where(task => task.IsFaulted);
    }

    [LoggerMessage(LogLevel.Critical, "The service failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
