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
        app.Use(async (context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
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
            await next(context);

            // Asp.Versioning's bare word for a version that it can't read; to a client that is a path which is not served
            if (response is { HasStarted: false, StatusCode: StatusCodes.Status400BadRequest }) response.StatusCode = StatusCodes.Status404NotFound;
        });
    }
}
