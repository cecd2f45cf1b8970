using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Net.Http.Headers;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// Headers of every response, errors too: for browsers, which must not run, frame or sniff it, nor send its URL to other sites; under /api, the
/// supported versions; and whether the connection closes. And headers of requests that require what this service does not do: such a request is
/// rejected before anything is read or written.
/// </summary>
internal static class Headers
{
    /// <summary>For responses that are data. A page sets its own policy.</summary>
    private const string NothingIsRun = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";
    public const string VersionsHeader = "api-supported-versions";

    /// <summary>With commas between them, those that have routes.</summary>
    private const string Versions = "1.0";

    /// <summary>To be used early: the headers are added when the response starts, after what is used later has set its own.</summary>
    public static void UseResponseHeaders(this WebApplication app)
    {
        // a browser would remember it for localhost for a year, and require TLS of every other program there
        var isStrictlyTls = !app.Environment.IsDevelopment();
        var stopping = app.Lifetime.ApplicationStopping;
        Func<object, Task> add = Add;
        app.Use((context, next) =>
        {
            context.Response.OnStarting(add, context);
            return next(context);
        });

        Task Add(object state)
        {
            var context = (HttpContext)state;
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = NothingIsRun;
            if (isStrictlyTls && context.Request.IsHttps) headers.StrictTransportSecurity = OneYear; // RFC 6797 section 7.2: over TLS alone
            if (Resources.IsApi(context.Request)) headers[VersionsHeader] = Versions;
            // at shutdown, clients connect again, which leads them to another instance
            if (stopping.IsCancellationRequested || LeavesBodyUnread(context)) headers.Connection = "close";
            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// Rejects every <c>Transfer-Encoding</c> but <c>chunked</c>, once, and any over HTTP/1.0, which has none (RFC 9112 section 6.1). The web server
    /// decodes the last coding alone, so that a body that is still compressed would be read as JSON; and proxies differ in how they read a list,
    /// which is how requests are smuggled (RFC 9112 section 11.2).
    /// </summary>
    public static void UseTransferCodings(this WebApplication app) => app.Use((context, next) =>
    {
        var codings = context.Request.Headers.TransferEncoding;
        var isChunked = codings.Count == 1 && "chunked".Equals(codings[0], StringComparison.OrdinalIgnoreCase);
        if (codings.Count == 0 || (isChunked && !HttpProtocol.IsHttp10(context.Request.Protocol))) return next(context);

        context.Response.Headers.Connection = "close"; // the end of the body is not certain
        const string Detail = "The header Transfer-Encoding must be 'chunked' or absent, and absent in HTTP/1.0.";
        return new ProblemResult(ProblemCatalogue.MalformedRequest, Detail).WriteAsync(context);
    });

    /// <summary>Rejects with 406 a request whose <c>Accept</c> excludes JSON (RFC 9110 section 12.5.1).</summary>
    public sealed class AcceptFilter : IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            var request = context.HttpContext.Request;
            // the response to a DELETE has no body that could be unacceptable
            if (request.Headers.Accept.Count == 0 || HttpMethods.IsDelete(request.Method)) return;
            if (!IsAcceptable(request)) context.Result = new ProblemResult(ProblemCatalogue.NotAcceptable);
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }

    private static bool IsAcceptable(HttpRequest request)
    {
        var accept = request.Headers.Accept;
        if (accept.Count == 1 && accept[0] is "*/*" or JsonBody.Json) return true;
        // a malformed header is ignored: old clients send such headers, and still expect a response
        if (!MediaTypeHeaderValue.TryParseStrictList(accept.ToArray()!, out var ranges)) return true;
        return Includes(ranges, "json") || (Resources.IsScim(request) && Includes(ranges, "scim+json"));
    }

    /// <summary>Of the ranges that include the type the most specific one decides, and q=0 excludes.</summary>
    private static bool Includes(IEnumerable<MediaTypeHeaderValue> ranges, string subtype)
    {
        var range = ranges.Where(one => IsOf(one, subtype)).MaxBy(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2);
        return range is not null && range.Quality != 0;
    }

    // with any parameters: JSON has no parameters, so a response can't lack one
    private static bool IsOf(MediaTypeHeaderValue range, string subtype) => range.MatchesAllTypes
        || (range.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
            && (range.MatchesAllSubTypes || range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// The web server will close the connection where it does not read a body to its end: one that is larger than the limit, or may be because it
    /// comes in chunks, and that nothing has begun to read. Unless that is announced, a client sends its next request into a closed connection
    /// (RFC 9112 section 9.6).
    /// </summary>
    private static bool LeavesBodyUnread(HttpContext context)
    {
        var limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        var mayBeTooLarge = context.Request.Headers.TransferEncoding.Count > 0 || context.Request.ContentLength > limit?.MaxRequestBodySize;
        return mayBeTooLarge && limit?.IsReadOnly != true; // once reading has begun, the body is read to its end, or has failed
    }
}

/// <summary>The action for requests that have the header, next to one of the same method and path for those without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WithHeaderAttribute(string name) : Attribute
{
    public string Name => name;
}

/// <summary>Chooses between the two. As a constraint of actions, the framework would make lists of them for each request.</summary>
internal sealed class WithHeaderPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(endpoint => NameOf(endpoint) is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            if (NameOf(candidates[i].Endpoint) is not { } name) continue;
            var isThere = httpContext.Request.Headers.ContainsKey(name);
            for (var j = 0; j < candidates.Count; j++)
                if (i == j ? !isThere : isThere) candidates.SetValidity(j, false);
        }

        return Task.CompletedTask;
    }

    private static string? NameOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<WithHeaderAttribute>()?.Name;
}
