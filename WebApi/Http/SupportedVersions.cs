using Asp.Versioning.ApiExplorer;

namespace CleanUsers.WebApi.Http;

/// <summary>Says on every answer under /api which versions there are, also where no controller was reached to say it.</summary>
internal static class SupportedVersions
{
    private const string Header = "api-supported-versions";

    public static void UseSupportedVersions(this WebApplication app)
    {
#pragma warning disable AV0027 // none of our minimal endpoints has a version: the controllers have, and they are known from the start
        var versions = new Lazy<string>(() => string.Join(
            ", ", app.Services.GetRequiredService<IApiVersionDescriptionProvider>().ApiVersionDescriptions.Select(description => description.ApiVersion)));
#pragma warning restore AV0027
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.OnStarting(() =>
                {
                    if (!context.Response.Headers.ContainsKey(Header)) context.Response.Headers[Header] = versions.Value;
                    return Task.CompletedTask;
                });
            }

            return next(context);
        });
    }
}
