using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace CleanUsers.WebApi.Observability;

/// <summary>
/// One line a request: the method, the status code, and the route; never the path or query, which can hold an address or a name. Only in
/// Development, where the log stays on the developer's machine, it has the path instead of the route.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, IHostEnvironment environment, ILogger<RequestLog> logger)
{
    /// <summary>For unknown methods, as in OpenTelemetry's metrics: a method is the client's text, and there is no limit to their number.</summary>
    private const string OtherMethod = "_OTHER";

    private static readonly HashSet<string> Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    private readonly bool _hasPath = environment.IsDevelopment();

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
            if (_hasPath) LogPath(logger, method, Path(context.Request), context.Response.StatusCode, milliseconds);
            else LogRequest(logger, method, Route(context), context.Response.StatusCode, milliseconds);
        }
    }

    /// <summary>As in the metrics (<c>http.route</c>); null if no route matched. The handling of an exception removes the endpoint.</summary>
    private static string? Route(HttpContext context) =>
        ((context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) as RouteEndpoint)?.RoutePattern.RawText;

    /// <summary>Percent-encoded, so that no terminal executes what is in it.</summary>
    private static string Path(HttpRequest request) => request.PathBase.Add(request.Path).ToUriComponent();

    [LoggerMessage(LogLevel.Information, "{Method} {Route} {Status} in {DurationMs} ms")]
    private static partial void LogRequest(ILogger logger, string method, string? route, int status, double durationMs);

    [LoggerMessage(LogLevel.Information, "{Method} {Path} {Status} in {DurationMs} ms")]
    private static partial void LogPath(ILogger logger, string method, string path, int status, double durationMs);
}
