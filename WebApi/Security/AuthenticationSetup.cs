using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Security;

/// <summary>Section <c>Authentication</c> of the configuration; its subsection <c>Schemes</c> is ASP.NET Core's own.</summary>
internal sealed class CallerOptions
{
    public const string Section = "Authentication";

    /// <summary>Whether a request without a token may do everything.</summary>
    public bool AllowAnonymous { get; init; }
}

/// <summary>
/// Who may send requests: callers with an API key or a token of the configured issuer, or everybody if the configuration allows it by name.
/// </summary>
internal static partial class AuthenticationSetup
{
    public static WebApplicationBuilder AddAuthenticationByToken(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<CallerOptions>(CallerOptions.Section, "Schemes", "DefaultScheme");
        BearerSettings.Check(builder, options);

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(BearerTokens.Configure)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, configureOptions: null);
        RemoveKeysForCookies(builder.Services);
        builder.Services.AddScoped<Func<AuthenticateApiKey>>(services => services.GetRequiredService<AuthenticateApiKey>);
        builder.Services.AddScoped<Func<IDatabase>>(services => services.GetRequiredService<IDatabase>);
        builder.Logging.AddFilter(typeof(ApiKeyHandler).FullName, LogLevel.Warning); // the base class logs each rejected request
        ApiKeyMetrics.Create();
        builder.Services.AddScoped<IAuthenticationService, TokenAuthentication>();
        builder.Services.AddAuthorization(Scopes.AddPolicies);
        if (options.AllowAnonymous) builder.Services.AddSingleton<IPolicyEvaluator, AnonymousAuthorization>();
        builder.Services.AddHttpContextAccessor().AddScoped<ICaller, HttpCaller>();
        return builder;
    }

    public static void UseAuthenticationByToken(this WebApplication app)
    {
        var isAnonymousAllowed = app.Services.GetRequiredService<IOptions<CallerOptions>>().Value.AllowAnonymous;
        if (!isAnonymousAllowed && !app.Configuration.GetSection(BearerSettings.Key).Exists())
            LogNoIssuer(app.Logger, BearerSettings.Key);
        app.UseAuthentication();
    }

    /// <summary>The framework would look for its keys for cookies at the start, in a folder that it makes. The service has no cookies.</summary>
    private static void RemoveKeysForCookies(IServiceCollection services) =>
        services.Remove(services.Single(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(DataProtectionOptions).Assembly));

    [LoggerMessage(LogLevel.Information, "Only API keys are accepted: {Section} names no issuer of tokens. 'keys create' makes the first key.")]
    private static partial void LogNoIssuer(ILogger logger, string section);
}
