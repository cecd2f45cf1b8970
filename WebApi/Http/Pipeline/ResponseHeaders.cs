using Asp.Versioning.ApiExplorer;
using Microsoft.AspNetCore.Http.Features;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// Headers of every response, errors too. For browsers, which must not run, frame or sniff it, nor send its URL to other sites; under /api, the
/// supported versions; and whether the connection closes.
/// </summary>
internal static class ResponseHeaders
{
    /// <summary>For responses that are data. A page sets its own policy.</summary>
    private const string NothingIsRun = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";
    private const string Versions = "api-supported-versions";

    /// <summary>Outermost: the headers are added when the response starts, after all other code has set its own.</summary>
    public static void UseResponseHeaders(this WebApplication app)
    {
        // a browser would remember it for localhost for a year, and require TLS of every other program there
        var isStrictlyTls = !app.Environment.IsDevelopment();
        var stopping = app.Lifetime.ApplicationStopping;
#pragma warning disable AV0027 // none of our minimal endpoints has a version: the controllers have, and they are known from the start
        var versions = new Lazy<string>(() => string.Join(
            ", ",
            app.Services.GetRequiredService<IApiVersionDescriptionProvider>().ApiVersionDescriptions.Select(description => description.ApiVersion)));
#pragma warning restore AV0027
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
            if (Resources.IsApi(context.Request, out _) && !headers.ContainsKey(Versions)) headers[Versions] = versions.Value;
            // at shutdown, clients connect again, which leads them to another instance
            if (stopping.IsCancellationRequested || LeavesBodyUnread(context)) headers.Connection = "close";
            return Task.CompletedTask;
        }
    }

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
