using CleanUsers.Application.Ports;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace CleanUsers.WebApi.Http;

/// <summary>Turns what was thrown into a problem. The cause goes to the log, never to the client.</summary>
internal sealed partial class FaultHandler(ILogger<FaultHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is ConnectionResetException)
        {
            // as the framework has it for a request that was aborted: for the log and the metrics, since nobody is left to read a response
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        try
        {
            await Answer(httpContext, exception).WriteAsync(httpContext);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // whoever asked has gone: there is nobody to tell
        }

        return true;
    }

    private ProblemAnswer Answer(HttpContext context, Exception exception)
    {
        // thrown by the web server while a body is read: too large, too slow, badly framed
        if (exception is BadHttpRequestException refusal) return new ProblemAnswer(ProblemCatalogue.OfStatus(refusal.StatusCode));

        if (context.RequestServices.GetRequiredService<IDatabase>().IsUnavailable(exception))
        {
            LogUnavailable(logger, exception);
            return new ProblemAnswer(ProblemCatalogue.Unavailable);
        }

        LogFault(logger, exception);
        return new ProblemAnswer(ProblemCatalogue.InternalError);
    }

    [LoggerMessage(LogLevel.Error, "A request failed: the service's own fault.")]
    private static partial void LogFault(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "A request failed: the database can't serve.")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);
}
