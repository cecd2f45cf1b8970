using CleanUsers.WebApi.Http.Problems;
namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// Rejects every <c>Transfer-Encoding</c> but <c>chunked</c>, once. The web server decodes the last coding alone, so that a body that is still
/// compressed would be read as JSON; and proxies differ in how they read a list, which is how requests are smuggled (RFC 9112 section 11.2).
/// </summary>
internal static class TransferCodings
{
    public static void UseTransferCodings(this WebApplication app) => app.Use((context, next) =>
    {
        var codings = context.Request.Headers.TransferEncoding;
        var isChunked = codings.Count == 1 && "chunked".Equals(codings[0], StringComparison.OrdinalIgnoreCase);
        if (codings.Count == 0 || isChunked) return next(context);

        context.Response.Headers.Connection = "close"; // the end of the body is not certain
        return new ProblemResult(ProblemCatalogue.MalformedRequest, "The header Transfer-Encoding must be 'chunked' or be left out.")
            .WriteAsync(context);
    });
}
