using System.ComponentModel.DataAnnotations;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Http.Idempotency;
using CleanUsers.WebApi.Http.Pipeline;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace CleanUsers.WebApi.Security;

/// <summary>Section <c>Cors</c> of the configuration.</summary>
internal sealed class CrossOriginOptions
{
    public const string Section = "Cors";

    /// <summary>The origins whose pages may send requests to this service.</summary>
    [Origin]
    public TextList Origins { get; init; } = [];
}

/// <summary>Which other origins' pages may send requests to this service (Fetch Standard): those in the configuration, without cookies.</summary>
internal static class CrossOrigin
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly string[] RequestHeaders = ["Authorization", "Content-Type", "If-Match", "If-None-Match", IdempotencyKey.Header];

    /// <summary>What the contract gives in headers: a page sees those alone (Fetch Standard section 3.3.4).</summary>
    private static readonly string[] ExposedHeaders =
    [
        "ETag", "Location", "Content-Location", "Link", "Retry-After", "RateLimit", "RateLimit-Policy", "Allow", "Accept-Patch", "Accept-Post",
        "WWW-Authenticate", Headers.VersionsHeader, IdempotencyKey.ReplayedHeader,
    ];

    /// <summary>How long a browser may cache the response to a preflight request.</summary>
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    public static WebApplicationBuilder AddCrossOrigin(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<CrossOriginOptions>(CrossOriginOptions.Section);
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.Origins])
            .WithMethods(Methods)
            .WithHeaders(RequestHeaders)
            .WithExposedHeaders(ExposedHeaders)
            .SetPreflightMaxAge(PreflightAge)));
        return builder;
    }

    /// <summary>Before authentication: a preflight of such an origin has no token. Of another origin it is a request like any other.</summary>
    public static void UseCrossOrigin(this WebApplication app)
    {
        var origins = app.Services.GetRequiredService<IOptions<CrossOriginOptions>>().Value.Origins.ToHashSet(StringComparer.Ordinal);
        if (origins.Count == 0) return;
        app.Use((context, next) =>
        {
            context.Response.OnStarting(VaryByOrigin, context.Response);
            return next(context);
        });
        app.UseWhen(context => context.Request.Headers.Origin is [{ } origin] && origins.Contains(origin), allowed => allowed.UseCors());
    }

    /// <summary>
    /// Of every response: a cache must not give a page one that lacks the headers (Fetch Standard, "CORS protocol and HTTP caches").
    /// </summary>
    private static Task VaryByOrigin(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        if (!headers.Vary.Contains(HeaderNames.Origin)) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        return Task.CompletedTask;
    }
}

/// <summary>Allows origins as browsers write them (RFC 6454 section 6.2): another spelling of the same would never match.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OriginAttribute : ValidationAttribute
{
    public OriginAttribute() => ErrorMessage = "an origin as browsers write it, such as https://app.example.org or http://localhost:3000";

    public override bool IsValid(object? value) =>
        value is string text
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
        && text == $"{uri.Scheme}://{(uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
}
