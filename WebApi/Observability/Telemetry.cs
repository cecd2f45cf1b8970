using System.ComponentModel.DataAnnotations;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Security;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CleanUsers.WebApi.Observability;

/// <summary>Section <c>Metrics</c> of the configuration.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "Metrics";

    /// <summary>Serves <c>/metrics</c> on this port only, without authentication; null serves it beside the API, to callers with the scope.</summary>
    [Range(1, 65535)]
    public int? Port { get; init; }
}

/// <summary>
/// Metrics for Prometheus, and metrics and traces for a collector where one is configured (OpenTelemetry). The measurements are made by the
/// web server, the runtime, the drivers and, under <c>CleanUsers.*</c>, by this program.
/// </summary>
internal static class Telemetry
{
    public const string Path = "/metrics";

    private const string CollectorKey = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Name = "cleanusers";
    private const string Ours = "CleanUsers.*";
    private const string Npgsql = "Npgsql";

    // most responses take a millisecond or less; the framework's own steps begin at five
    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var collector = HasCollector(builder);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : Name))
            .WithMetrics(metrics => AddMetrics(metrics, collector));
        if (collector) telemetry.WithTracing(AddTraces);

        if (builder.AddSettings<MetricsOptions>(MetricsOptions.Section).Port is { } port)
            builder.Services.AddHostedService(services => new MetricsServer(port, services.GetRequiredService<MeterProvider>()));
        return builder;
    }

    /// <summary>OpenTelemetry reads its variables when these are made: now, so that a wrong one ends the start like any other setting.</summary>
    /// <exception cref="ConfigurationException">A variable of OpenTelemetry is not valid.</exception>
    public static void EnsureValidTelemetry(this WebApplication app)
    {
        try
        {
            app.Services.GetService<MeterProvider>();
            app.Services.GetService<TracerProvider>();
        }
        catch (ArgumentException exception) // of a value that was read
        {
            throw new ConfigurationException([$"Invalid configuration: OTEL_* is not usable ({exception.Message.TrimEnd('.')})."]);
        }
    }

    public static void MapMetrics(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<MetricsOptions>>().Value.Port is not null) return;
        app.MapPrometheusScrapingEndpoint(Path)
            .WithMetadata(new HttpMethodMetadata(["GET", "HEAD"]))
            .RequireAuthorization(Scopes.Metrics)
            .DisableRateLimiting(); // the metrics are needed most during a flood of requests
    }

    private static void AddMetrics(MeterProviderBuilder metrics, bool collector)
    {
        metrics
            .AddMeter(
                "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.EntityFrameworkCore", "System.Runtime", Npgsql,
                Ours)
            .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration { Boundaries = Seconds })
            // only the pool of the driver is measured here; commands are measured by DatabaseTelemetry, the same on every database
            .AddView(instrument => instrument.Meter.Name == Npgsql && instrument.Name.StartsWith("db.client.operation", StringComparison.Ordinal)
                ? MetricStreamConfiguration.Drop
                : null)
            .AddPrometheusExporter();
        if (collector) metrics.AddOtlpExporter();
    }

    private static void AddTraces(TracerProviderBuilder traces) => traces
        .AddAspNetCoreInstrumentation(aspNetCore => aspNetCore.EnrichWithHttpResponse = (span, _) =>
        {
            // the route is recorded; a path and a query can hold an address or a name
            span.SetTag("url.path", null);
            span.SetTag("url.query", null);
        })
        .AddSource(Ours)
        .AddOtlpExporter();

    private static bool HasCollector(WebApplicationBuilder builder)
    {
        var endpoint = builder.Configuration[CollectorKey];
        if (string.IsNullOrEmpty(endpoint)) return false;
        if (Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return true;
        builder.Errors().Add(CollectorKey, $"'{endpoint}'", "an http or https address");
        return false;
    }
}
