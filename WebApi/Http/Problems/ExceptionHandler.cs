using CleanUsers.Application.Ports;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace CleanUsers.WebApi.Http.Problems;

/// <summary>Turns what was thrown into a problem. The cause goes to the log, never to the client.</summary>
internal sealed partial class ExceptionHandler(ILogger<ExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is ConnectionResetException)
        {
            // as in the framework for an aborted request: for the log and the metrics, since the client no longer reads a response
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        try
        {
            await ToProblem(httpContext, exception).WriteAsync(httpContext);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // the client has disconnected: no response can be read
        }

        return true;
    }

    private ProblemResult ToProblem(HttpContext context, Exception exception)
    {
        // thrown by the web server while a body is read: too large, too slow, badly framed
        if (exception is BadHttpRequestException rejected)
        {
            context.Response.Headers.Connection = "close"; // where the body ends is not known, and the web server closes the connection
            return new ProblemResult(ProblemCatalogue.OfStatus(rejected.StatusCode));
        }

        if (context.RequestServices.GetRequiredService<IDatabase>().IsUnavailable(exception))
        {
            LogUnavailable(logger, exception);
            return new ProblemResult(ProblemCatalogue.Unavailable);
        }

        LogFailed(logger, exception);
        return new ProblemResult(ProblemCatalogue.InternalError);
    }

    [LoggerMessage(LogLevel.Error, "A request failed: an unexpected error.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "A request failed: the database is not available.")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);
}
