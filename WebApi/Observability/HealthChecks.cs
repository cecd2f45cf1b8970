using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanUsers.WebApi.Observability;

/// <summary>What probes ask: is the process alive, and can it serve?</summary>
internal static class HealthChecks
{
    public static WebApplicationBuilder AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<CanServe>(nameof(CanServe));
        return builder;
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapProbe("/health/live", asked: false);
        endpoints.MapProbe("/health/ready", asked: true);
    }

    private static void MapProbe(this IEndpointRouteBuilder endpoints, string path, bool asked)
    {
        var stopping = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        endpoints.MapHealthChecks(path, new HealthCheckOptions
        {
            Predicate = _ => asked && !stopping.IsCancellationRequested, // a check that fails is logged as an error, and a shutdown is expected
            AllowCachingResponses = true, // the header is set below, as for every answer
            ResponseWriter = (context, report) =>
            {
                var isStopping = asked && stopping.IsCancellationRequested;
                if (isStopping || report.Status != HealthStatus.Healthy) return new ProblemResult(ProblemCatalogue.Unavailable).WriteAsync(context);
                context.Response.Headers.CacheControl = "no-store";
                return context.Response.WriteBytesAsync("""{"status":"Healthy"}"""u8.ToArray());
            },
        })
        .WithMetadata(new HttpMethodMetadata(["GET", "HEAD"]))
        .AllowAnonymous()
        .DisableRateLimiting(); // a probe that is told to wait takes the service for dead
    }

    private sealed class CanServe(IDatabase database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await database.CheckAsync(cancellationToken) == DatabaseState.Ready
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy();
    }
}
