namespace CleanUsers.WebApi.Security;

/// <summary>What every answer says to browsers, errors too: nothing here is to be run, framed, guessed or told to other sites.</summary>
internal static class SecurityHeaders
{
    /// <summary>For answers that are data. A page says what it needs itself.</summary>
    private const string NothingIsRun = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    /// <summary>Outermost: what is set later, by whomever, has gone before an answer starts.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // a browser would remember it of localhost for a year, and want TLS of every other program there
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
