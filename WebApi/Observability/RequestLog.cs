using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace CleanUsers.WebApi.Observability;

/// <summary>
/// One line a request: what was asked by its route, never by its path or query, which can hold an address or a name, and how it went.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger)
{
    /// <summary>For what no client should have asked, as OpenTelemetry's metrics say it: it is the client's text, and there is no end of them.</summary>
    private const string OtherMethod = "_OTHER";

    private static readonly HashSet<string> Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var method = Methods.TryGetValue(context.Request.Method, out var known) ? known : OtherMethod;
            var milliseconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 3);
            LogRequest(logger, method, Route(context), context.Response.StatusCode, milliseconds);
        }
    }

    /// <summary>As the metrics name it (<c>http.route</c>); null where nothing is served. Whoever handles an exception takes the endpoint away.</summary>
    private static string? Route(HttpContext context) =>
        ((context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) as RouteEndpoint)?.RoutePattern.RawText;

    [LoggerMessage(LogLevel.Information, "{Method} {Route} {Status} in {DurationMs} ms")]
    private static partial void LogRequest(ILogger logger, string method, string? route, int status, double durationMs);
}
