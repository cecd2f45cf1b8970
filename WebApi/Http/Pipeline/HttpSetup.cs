using System.Reflection;
using Asp.Versioning;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Http.Idempotency;
using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>The HTTP side of the service: controllers, versions, errors in one form, limits of the web server.</summary>
internal static class HttpSetup
{
    public static WebApplicationBuilder AddHttp(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.ReadSection<HttpOptions>(HttpOptions.Section);
        builder.Services.AddSingleton(Options.Create(options));
        builder.WebHost.ConfigureKestrel(kestrel => WebServerLimits.Configure(kestrel, options));
        builder.Services.Configure<SocketTransportOptions>(WebServerLimits.Configure);
        builder.Services.AddRequestTimeouts(timeouts =>
            timeouts.DefaultPolicy = new() { Timeout = options.RequestTimeout, TimeoutStatusCode = ProblemCatalogue.Unavailable.Status });
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded => TrustedProxies.Configure(forwarded, options));
        builder.Services.AddScoped<IdempotentRequests>();
        builder.Services.AddExceptionHandler<ExceptionHandler>();
        builder.Services.Configure<RouteOptions>(routes => routes.SetParameterPolicy<IdConstraint>(IdConstraint.Name));
        builder.Services.AddControllers(mvc =>
        {
            mvc.Filters.Add(new AcceptFilter());
            // an id comes from the path alone; the others read the query and forms, and break on forms that are none
            mvc.ValueProviderFactories.Clear();
            mvc.ValueProviderFactories.Add(new RouteValueProviderFactory());
        }).ConfigureApplicationPartManager(parts => parts.FeatureProviders.Add(new InternalControllers()));
        builder.Services.Configure<ApiBehaviorOptions>(api =>
        {
            // validation is the use cases' own, and errors have one form: see ProblemResult
            api.SuppressModelStateInvalidFilter = true;
            api.SuppressMapClientErrors = true;
        });
        builder.Services
            .AddApiVersioning(versioning =>
            {
                versioning.ApiVersionReader = new UrlSegmentApiVersionReader();
                versioning.ReportApiVersions = true;
                versioning.UnsupportedApiVersionStatusCode = StatusCodes.Status404NotFound;
            })
            .AddMvc()
            .AddApiExplorer();
        return builder;
    }

    /// <summary>What every request passes, outermost first.</summary>
    public static void UseHttp(this WebApplication app)
    {
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(context =>
            new ProblemResult(ProblemCatalogue.OfStatus(context.HttpContext.Response.StatusCode)).WriteAsync(context.HttpContext));
        app.UseUnreadBodies();
        app.UseRequestTimeouts();
        app.UseSupportedVersions();
        app.UseTransferCodings();
        app.UseMethodNegotiation();
    }

    /// <summary>MVC looks for public classes only, and nothing outside this project needs the controllers.</summary>
    private sealed class InternalControllers : ControllerFeatureProvider
    {
        protected override bool IsController(TypeInfo typeInfo) => typeInfo is { IsPublic: false, IsAbstract: false } && typeInfo.IsSubclassOf(typeof(ControllerBase));
    }
}
