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
    private const string SchemesKey = "Authentication:Schemes";
    private const string BearerKey = $"{SchemesKey}:{JwtBearerDefaults.AuthenticationScheme}";
    private const string AllowAnonymousKey = $"{CallerOptions.Section}:{nameof(CallerOptions.AllowAnonymous)}";

    private static readonly string[] Lists = ["ValidAudiences", "ValidIssuers", "SigningKeys"];

    /// <summary>In bytes: what HMAC with SHA-256 needs at least (RFC 7518 section 3.2).</summary>
    private const int MinKeyLength = 32;

    public static WebApplicationBuilder AddAuthenticationByToken(this WebApplicationBuilder builder)
    {
        var options = builder.AddSettings<CallerOptions>(CallerOptions.Section, "Schemes", "DefaultScheme");
        var bearer = builder.Configuration.GetSection(BearerKey);
        var errors = builder.Errors();
        CheckSchemes(builder.Configuration.GetSection(SchemesKey), errors);
        CheckValues(bearer, errors);
        if (bearer.Exists() && CheckKeys(bearer, errors)) CheckUsable(builder);
        if (!options.AllowAnonymous && bearer.Exists() && errors.IsValid(CallerOptions.Section)) CheckTrust(bearer, errors);

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
        if (!isAnonymousAllowed && !app.Configuration.GetSection(BearerKey).Exists()) LogNoIssuer(app.Logger, BearerKey);
        app.UseAuthentication();
    }

    /// <summary>The framework would look for its keys for cookies at the start, in a folder that it makes. The service has no cookies.</summary>
    private static void RemoveKeysForCookies(IServiceCollection services) =>
        services.Remove(services.Single(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(DataProtectionOptions).Assembly));

    /// <summary>With a misspelled name of the scheme, no token would ever be accepted.</summary>
    private static void CheckSchemes(IConfigurationSection schemes, ConfigurationErrors errors)
    {
        foreach (var scheme in schemes.GetChildren())
        {
            if (!scheme.Key.Equals(JwtBearerDefaults.AuthenticationScheme, StringComparison.OrdinalIgnoreCase))
                errors.Add(scheme.Path, "unknown", JwtBearerDefaults.AuthenticationScheme);
        }
    }

    /// <summary>What ASP.NET Core can't work with would otherwise be found by the first request.</summary>
    private static void CheckUsable(WebApplicationBuilder builder)
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(builder.Configuration).AddLogging();
        services.AddAuthentication().AddJwtBearer(BearerTokens.Configure);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // the texts name what is wrong, and quote no key: those are checked before
            builder.Errors().Add(BearerKey, $"not usable ({exception.Message.TrimEnd('.')})", "ASP.NET Core's own section");
        }
    }

    private static void CheckTrust(IConfigurationSection bearer, ConfigurationErrors errors)
    {
        if (!HasAny("Authority", "MetadataAddress", "ValidIssuer", "ValidIssuers")) AddLacking("an issuer", "an issuer to trust");
        else if (!HasAny("ValidAudience", "ValidAudiences")) AddLacking("an audience", "the audience that tokens are for, in ValidAudiences");
        else if (!HasAny("Authority", "MetadataAddress", "SigningKeys")) AddLacking("a key", "an Authority that publishes its keys, or SigningKeys");

        bool HasAny(params string[] keys) => keys.Any(key => bearer.GetSection(key).Exists());

        void AddLacking(string what, string allowed) => errors.Add(
            BearerKey, $"without {what}", $"a section with {allowed}, no such section where API keys are enough, or {AllowAnonymousKey}=true");
    }

    /// <summary>The framework takes an empty value for none, and does not read a list in one line.</summary>
    private static void CheckValues(IConfigurationSection bearer, ConfigurationErrors errors)
    {
        foreach (var empty in Leaves(bearer).Where(leaf => leaf.Value is "")) errors.Add(empty.Path, "empty", "a value, or no such key");
        foreach (var list in Lists.Select(bearer.GetSection).Where(list => list.Value is { Length: > 0 }))
            errors.Add(list.Path, $"'{list.Value}'", $"a list by index, that begins with {list.Path}:0");
    }

    private static IEnumerable<IConfigurationSection> Leaves(IConfigurationSection section) =>
        section.GetChildren().ToList() is { Count: > 0 } children ? children.SelectMany(Leaves) : [section];

    /// <summary>A key that the framework can't decode, or passes over since it is of no issuer that is trusted.</summary>
    private static bool CheckKeys(IConfigurationSection bearer, ConfigurationErrors errors)
    {
        var areValid = true;
        var issuers = bearer.GetSection("ValidIssuers").GetChildren().Append(bearer.GetSection("ValidIssuer")).Select(one => one.Value).ToList();
        foreach (var key in bearer.GetSection("SigningKeys").GetChildren())
        {
            var (value, issuer) = (key.GetSection("Value"), key.GetSection("Issuer"));
            var bytes = new byte[value.Value?.Length ?? 0];
            if (!Convert.TryFromBase64String(value.Value ?? "", bytes, out var length) || length < MinKeyLength)
                Reject(value, "not valid", $"a key of at least {MinKeyLength} bytes in base64");
            else if (issuer.Value is null || !issuers.Contains(issuer.Value))
                Reject(issuer, issuer.Value is null ? "missing" : $"'{issuer.Value}'", "the issuer in ValidIssuer, or one of ValidIssuers");
        }

        return areValid;

        void Reject(IConfigurationSection setting, string found, string allowed)
        {
            errors.Add(setting.Path, found, allowed);
            areValid = false;
        }
    }

    [LoggerMessage(LogLevel.Information, "Only API keys are accepted: {Section} names no issuer of tokens. 'keys create' makes the first key.")]
    private static partial void LogNoIssuer(ILogger logger, string section);
}
