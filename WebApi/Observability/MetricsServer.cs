using CleanUsers.WebApi.Hosting;
using OpenTelemetry.Metrics;

namespace CleanUsers.WebApi.Observability;

/// <summary>Serves the metrics, and nothing else, on a separate port, which only the network of the operators should reach.</summary>
internal sealed class MetricsServer(int port, MeterProvider metrics) : IHostedService, IAsyncDisposable
{
    private WebApplication? _server;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port);
        });
        _server = builder.Build();
        _server.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics, predicate: null, Telemetry.Path, configureBranchedPipeline: null, optionsName: null);
        return ListeningPort.StartAsync(_server, $"http://*:{port}", cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
