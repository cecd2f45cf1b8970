using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>Rejects, before anything is read or written, requests whose headers require what this service does not do.</summary>
internal static class RequestHeaders
{
    /// <summary>
    /// Rejects every <c>Transfer-Encoding</c> but <c>chunked</c>, once. The web server decodes the last coding alone, so that a body that is still
    /// compressed would be read as JSON; and proxies differ in how they read a list, which is how requests are smuggled (RFC 9112 section 11.2).
    /// </summary>
    public static void UseTransferCodings(this WebApplication app) => app.Use((context, next) =>
    {
        var codings = context.Request.Headers.TransferEncoding;
        var isChunked = codings.Count == 1 && "chunked".Equals(codings[0], StringComparison.OrdinalIgnoreCase);
        if (codings.Count == 0 || isChunked) return next(context);

        context.Response.Headers.Connection = "close"; // the end of the body is not certain
        return new ProblemResult(ProblemCatalogue.MalformedRequest, "The header Transfer-Encoding must be 'chunked' or be left out.")
            .WriteAsync(context);
    });

    /// <summary>Rejects with 406 a request whose <c>Accept</c> excludes JSON (RFC 9110 section 12.5.1).</summary>
    public sealed class AcceptFilter : IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            var request = context.HttpContext.Request;
            // the response to a DELETE has no body that could be unacceptable
            if (request.Headers.Accept.Count == 0 || HttpMethods.IsDelete(request.Method)) return;
            if (!IsAcceptable(request.Headers.Accept)) context.Result = new ProblemResult(ProblemCatalogue.NotAcceptable);
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }

    private static bool IsAcceptable(StringValues accept)
    {
        if (accept.Count == 1 && accept[0] is "*/*" or JsonBody.Json) return true;
        // a malformed header is ignored: old clients send such headers, and still expect a response
        if (!MediaTypeHeaderValue.TryParseStrictList(accept.ToArray()!, out var ranges)) return true;
        // of the ranges that include JSON the most specific one decides, and q=0 excludes
        var range = ranges.Where(IncludesJson).MaxBy(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2);
        return range is not null && range.Quality != 0;
    }

    // with any parameters: JSON has no parameters, so a response can't lack one
    private static bool IncludesJson(MediaTypeHeaderValue range) => range.MatchesAllTypes
        || (range.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
            && (range.MatchesAllSubTypes || range.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)));
}
