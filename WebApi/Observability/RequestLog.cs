using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace CleanUsers.WebApi.Observability;

/// <summary>
/// One line a request: the method, the status code, and the route; never the path or query, which can hold an address or a name.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger)
{
    /// <summary>For unknown methods, as in OpenTelemetry's metrics: a method is the client's text, and there is no limit to their number.</summary>
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

    /// <summary>As in the metrics (<c>http.route</c>); null if no route matched. The handling of an exception removes the endpoint.</summary>
    private static string? Route(HttpContext context) =>
        ((context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) as RouteEndpoint)?.RoutePattern.RawText;

    [LoggerMessage(LogLevel.Information, "{Method} {Route} {Status} in {DurationMs} ms")]
    private static partial void LogRequest(ILogger logger, string method, string? route, int status, double durationMs);
}
