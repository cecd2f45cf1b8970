using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Security;

/// <summary>Section <c>Authentication</c> of the configuration; its subsection <c>Schemes</c> is ASP.NET Core's own.</summary>
internal sealed class CallerOptions
{
    public const string Section = "Authentication";

    /// <summary>Whether a request without a token may do everything.</summary>
    public bool AllowAnonymous { get; init; }
}

/// <summary>Who may send requests: callers with a token of the configured issuer, or everybody if the configuration allows it by name.</summary>
internal static class AuthenticationSetup
{
    private const string BearerKey = "Authentication:Schemes:Bearer";
    private const string AllowAnonymousKey = $"{CallerOptions.Section}:{nameof(CallerOptions.AllowAnonymous)}";

    /// <summary>In bytes: what HMAC with SHA-256 needs at least (RFC 7518 section 3.2).</summary>
    private const int MinKeyLength = 32;

    public static WebApplicationBuilder AddAuthenticationByToken(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.ReadSection<CallerOptions>(CallerOptions.Section, "Schemes", "DefaultScheme");
        var bearer = builder.Configuration.GetSection(BearerKey);
        CheckKeys(bearer);
        if (!options.AllowAnonymous) CheckTrust(bearer);

        builder.Services.AddAuthentication().AddJwtBearer(BearerTokens.Configure);
        builder.Services.AddAuthorization(authorization => Scopes.AddPolicies(authorization, options.AllowAnonymous));
        builder.Services.AddHttpContextAccessor().AddScoped<ICaller, HttpCaller>();
        return builder;
    }

    /// <exception cref="ConfigurationException">ASP.NET Core can't work with its section.</exception>
    public static void UseAuthenticationByToken(this WebApplication app)
    {
        try
        {
            app.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // else it would be found by the first request. The texts name what is wrong, and quote no key: those are checked before
            throw new ConfigurationException(BearerKey, $"not usable ({exception.Message.TrimEnd('.')})", "ASP.NET Core's own section");
        }

        app.UseAuthentication();
    }

    private static void CheckTrust(IConfigurationSection bearer)
    {
        if (!HasAny("Authority", "MetadataAddress", "ValidIssuer", "ValidIssuers")) throw Lacking("an issuer", "an issuer to trust");
        if (!HasAny("ValidAudience", "ValidAudiences")) throw Lacking("an audience", "the audience that tokens are for, in ValidAudiences");
        if (!HasAny("Authority", "MetadataAddress", "SigningKeys")) throw Lacking("a key", "an Authority that publishes its keys, or SigningKeys");

        bool HasAny(params string[] keys) => keys.Any(key => bearer.GetSection(key).Exists());

        ConfigurationException Lacking(string what, string allowed) => new(
            BearerKey, bearer.Exists() ? $"without {what}" : "missing", $"a section with {allowed}, or {AllowAnonymousKey}=true");
    }

    private static void CheckKeys(IConfigurationSection bearer)
    {
        foreach (var key in bearer.GetSection("SigningKeys").GetChildren().Select(key => key.GetSection("Value")))
        {
            var bytes = new byte[key.Value?.Length ?? 0];
            if (!Convert.TryFromBase64String(key.Value ?? "", bytes, out var length) || length < MinKeyLength)
                throw new ConfigurationException(key.Path, "not valid", $"a key of at least {MinKeyLength} bytes in base64");
        }
    }
}
