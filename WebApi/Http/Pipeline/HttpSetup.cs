using System.ComponentModel.DataAnnotations;
using System.Reflection;
using CleanUsers.Application.Changes;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Http.Idempotency;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>Section <c>Http</c> of the configuration.</summary>
internal sealed class HttpOptions
{
    public const string Section = "Http";

    /// <summary>In bytes, of a request's body.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 64 * 1024;

    /// <summary>How many clients may be connected at once; more are cut off at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 4096;

    /// <summary>How long a request may take; then it is cancelled, and the response is 503.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Rejects changes without <c>If-Match</c> (428).</summary>
    public bool RequireIfMatch { get; init; }

    /// <summary>Networks whose <c>X-Forwarded-*</c> headers count.</summary>
    [Network]
    public TextList TrustedProxies { get; init; } = [];
}

/// <summary>The HTTP side of the service: controllers, errors in one form, limits of the web server.</summary>
internal static partial class HttpSetup
{
    /// <summary>The timeout of long polls: that of other requests, and the longest wait besides.</summary>
    public const string LongPoll = "long poll";

    public static WebApplicationBuilder AddHttp(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<HttpOptions>(HttpOptions.Section);
        builder.WebHost.ConfigureKestrel(kestrel => WebServerLimits.Configure(kestrel, options));
        builder.Services.Configure<SocketTransportOptions>(WebServerLimits.Configure);
        builder.Services.AddRequestTimeouts(timeouts =>
        {
            timeouts.DefaultPolicy = Within(options.RequestTimeout);
            timeouts.AddPolicy(LongPoll, Within(options.RequestTimeout + TimeSpan.FromSeconds(ListChangesQuery.MaxWait)));
        });
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded => TrustedProxies.Configure(forwarded, options));
        builder.Services.AddScoped<IdempotentRequests>();
        builder.Services.AddExceptionHandler<ExceptionHandler>();
        builder.Services.Configure<RouteOptions>(routes => routes.SetParameterPolicy<IdConstraint>(IdConstraint.Name));
        builder.Services.AddSingleton<LargeBodies>();
        builder.Services.AddSingleton<BodyMemory>();
        builder.Services.AddSingleton<MatcherPolicy, WithHeaderPolicy>();
        builder.Services.AddSingleton<ParameterBinder, ActionParameters>();
        builder.Services.AddControllers(mvc =>
        {
            mvc.Filters.Clear(); // the framework's own is for bodies that it reads itself
            mvc.Filters.Add(new Headers.AcceptFilter());
            mvc.ValueProviderFactories.Clear(); // some fail on malformed forms, and ActionParameters needs none
        }).ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new InternalControllers()));
        builder.Services.Configure<ApiBehaviorOptions>(api =>
        {
            // validation is the use cases' own, and errors have one form: see ProblemResult
            api.SuppressModelStateInvalidFilter = true;
            api.SuppressMapClientErrors = true;
        });
        return builder;
    }

    /// <summary>What every request passes: errors, timeouts, transfer codings, resources.</summary>
    public static void UseHttp(this WebApplication app)
    {
        var wanted = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.MaxConnections;
        var connections = app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxConcurrentConnections;
        if (connections < wanted) LogFewFiles(app.Logger, connections, wanted);
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(context =>
            new ProblemResult(ProblemCatalogue.OfStatus(context.HttpContext.Response.StatusCode)).WriteAsync(context.HttpContext));
        app.UseRequestTimeouts();
        app.UseTransferCodings();
        app.UseResources();
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Only {Connections} clients can be connected, not {Wanted}: raise the limit of open files (ulimit -n), or lower Http:MaxConnections.")]
    private static partial void LogFewFiles(ILogger logger, long? connections, int wanted);

    private static RequestTimeoutPolicy Within(TimeSpan time) => new() { Timeout = time, TimeoutStatusCode = ProblemCatalogue.Unavailable.Status };

    /// <summary>MVC looks for public classes only, and nothing outside this project needs the controllers.</summary>
    private sealed class InternalControllers : ControllerFeatureProvider
    {
        protected override bool IsController(TypeInfo typeInfo) =>
            typeInfo is { IsPublic: false, IsAbstract: false } && typeInfo.IsSubclassOf(typeof(ControllerBase));
    }
}
