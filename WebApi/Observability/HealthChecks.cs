using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CleanUsers.WebApi.Observability;

/// <summary>The probes: whether the process is alive, and whether it is ready.</summary>
internal static class HealthChecks
{
    public static WebApplicationBuilder AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<CanServe>(nameof(CanServe));
        return builder;
    }

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapProbe("/health/live", checksReadiness: false);
        endpoints.MapProbe("/health/ready", checksReadiness: true);
    }

    private static void MapProbe(this IEndpointRouteBuilder endpoints, string path, bool checksReadiness)
    {
        var stopping = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        endpoints.MapHealthChecks(path, new HealthCheckOptions
        {
            // a check that fails is logged as an error, and a shutdown is expected
            Predicate = _ => checksReadiness && !stopping.IsCancellationRequested,
            AllowCachingResponses = true, // the header is set below, as for every response
            ResponseWriter = (context, report) =>
            {
                var isStopping = checksReadiness && stopping.IsCancellationRequested;
                if (isStopping || report.Status != HealthStatus.Healthy) return new ProblemResult(ProblemCatalogue.Unavailable).WriteAsync(context);
                context.Response.Headers.CacheControl = "no-store";
                return context.Response.WriteBytesAsync("""{"status":"Healthy"}"""u8.ToArray());
            },
        })
        .WithMetadata(new HttpMethodMetadata(["GET", "HEAD"]))
        .AllowAnonymous()
        .DisableRateLimiting(); // a probe that gets 429 would consider the service dead
    }

    private sealed class CanServe(IDatabase database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await database.CheckAsync(cancellationToken) == DatabaseState.Ready
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy();
    }
}
