using Microsoft.AspNetCore.Http.Features;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// Announces that the web server will close the connection, where it will not read a body to its end: one that is larger than the limit, or
/// may be, and that nothing has begun to read. Without the announcement a client sends its next request into a closed connection (RFC 9112 section
/// 9.6).
/// </summary>
internal static class UnreadBodies
{
    public static void UseUnreadBodies(this WebApplication app) => app.Use((context, next) =>
    {
        if (MayBeTooLarge(context)) context.Response.OnStarting(Announce, context);
        return next(context);
    });

    /// <summary>The length of a body in chunks is not known before it is read.</summary>
    private static bool MayBeTooLarge(HttpContext context) =>
        context.Request.Headers.TransferEncoding.Count > 0 || context.Request.ContentLength > Limit(context)?.MaxRequestBodySize;

    private static Task Announce(object state)
    {
        var context = (HttpContext)state;
        var isBeingRead = Limit(context)?.IsReadOnly == true; // reading it has begun: then it is read to its end, or has failed
        if (!isBeingRead) context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }

    private static IHttpMaxRequestBodySizeFeature? Limit(HttpContext context) => context.Features.Get<IHttpMaxRequestBodySizeFeature>();
}
