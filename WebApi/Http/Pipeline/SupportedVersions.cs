using Asp.Versioning.ApiExplorer;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>Adds the supported versions to every response under /api, also if no controller was reached.</summary>
internal static class SupportedVersions
{
    private const string Header = "api-supported-versions";

    public static void UseSupportedVersions(this WebApplication app)
    {
#pragma warning disable AV0027 // none of our minimal endpoints has a version: the controllers have, and they are known from the start
        var versions = new Lazy<string>(() => string.Join(
            ", ",
            app.Services.GetRequiredService<IApiVersionDescriptionProvider>().ApiVersionDescriptions.Select(description => description.ApiVersion)));
#pragma warning restore AV0027
        app.Use(async (context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase, out var rest))
            {
                await next(context);
                return;
            }

            var response = context.Response;
            response.OnStarting(() =>
            {
                if (!response.Headers.ContainsKey(Header)) response.Headers[Header] = versions.Value;
                return Task.CompletedTask;
            });
            if (!IsVersion(rest)) context.SetEndpoint(null); // no such version: 404, after all checks that every request gets
            await next(context);
        });
    }

    /// <summary>
    /// One spelling a version, so that a resource has one path: Asp.Versioning would also take v1.0 and v01, and respond to vx with 400.
    /// </summary>
    private static bool IsVersion(PathString rest)
    {
        var segment = rest.Value.AsSpan().TrimStart('/');
        var end = segment.IndexOf('/');
        if (end >= 0) segment = segment[..end];
        return segment.Length > 1 && segment[0] is 'v' or 'V' && segment[1] is not '0' && !segment[1..].ContainsAnyExceptInRange('0', '9');
    }
}
