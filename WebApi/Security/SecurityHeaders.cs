namespace CleanUsers.WebApi.Security;

/// <summary>Headers for browsers in every response, errors too: a browser must not run, frame or sniff it, nor send its URL to other sites.</summary>
internal static class SecurityHeaders
{
    /// <summary>For responses that are data. A page sets its own policy.</summary>
    private const string NothingIsRun = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    /// <summary>Outermost: the headers are added when the response starts, after all other code has set its own.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // a browser would remember it for localhost for a year, and require TLS of every other program there
        var isStrictlyTls = !app.Environment.IsDevelopment();
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
            return Task.CompletedTask;
        }
    }
}
