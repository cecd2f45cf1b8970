using System.ComponentModel.DataAnnotations;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Observability;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Section <c>Shutdown</c> of the configuration.</summary>
internal sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>How long the service reports that it is not ready and still serves requests, so that load balancers notice before it stops.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests in flight may take after that.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// The shutdown after SIGTERM, which interrupts no request. At once the service is not ready (see <see cref="HealthChecks"/>); for a while it still
/// serves clients that have not noticed, and closes each connection with its next response (<see cref="Headers"/>). Then it accepts no new
/// connections, finishes the requests in flight, and exits with code 0.
/// </summary>
internal static class Shutdown
{
    public static WebApplicationBuilder AddShutdown(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<ShutdownOptions>(ShutdownOptions.Section);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Delay + options.Timeout);
        builder.Services.AddHostedService(_ => new DrainDelay(options.Delay));
        return builder;
    }

    /// <summary>The web server is stopped after all of these.</summary>
    private sealed class DrainDelay(TimeSpan delay) : IHostedLifecycleService
    {
        public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(delay, cancellationToken);

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
