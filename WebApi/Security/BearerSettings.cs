using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Security;

/// <summary>
/// What is wrong with the section of the issuer of tokens. It is ASP.NET Core's own, which passes over much: then no token would be accepted.
/// </summary>
internal static class BearerSettings
{
    public const string Key = $"{SchemesKey}:{JwtBearerDefaults.AuthenticationScheme}";

    private const string SchemesKey = "Authentication:Schemes";
    private const string AllowAnonymousKey = $"{CallerOptions.Section}:{nameof(CallerOptions.AllowAnonymous)}";

    /// <summary>In bytes: what HMAC with SHA-256 needs at least (RFC 7518 section 3.2).</summary>
    private const int MinKeyLength = 32;

    private static readonly string[] Lists = ["ValidAudiences", "ValidIssuers", "SigningKeys"];

    public static void Check(WebApplicationBuilder builder, CallerOptions options)
    {
        var (bearer, errors) = (builder.Configuration.GetSection(Key), builder.Errors());
        CheckSchemes(builder.Configuration.GetSection(SchemesKey), errors);
        if (!bearer.Exists()) return;
        CheckValues(bearer, errors);
        if (CheckKeys(bearer, errors)) CheckUsable(builder);
        if (!options.AllowAnonymous && errors.IsValid(CallerOptions.Section)) CheckTrust(bearer, errors);
    }

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
            builder.Errors().Add(Key, $"not usable ({exception.Message.TrimEnd('.')})", "ASP.NET Core's own section");
        }
    }

    private static void CheckTrust(IConfigurationSection bearer, ConfigurationErrors errors)
    {
        if (!HasAny("Authority", "MetadataAddress", "ValidIssuer", "ValidIssuers")) AddLacking("an issuer", "an issuer to trust");
        else if (!HasAny("ValidAudience", "ValidAudiences")) AddLacking("an audience", "the audience that tokens are for, in ValidAudiences");
        else if (!HasAny("Authority", "MetadataAddress", "SigningKeys")) AddLacking("a key", "an Authority that publishes its keys, or SigningKeys");

        bool HasAny(params string[] keys) => keys.Any(key => bearer.GetSection(key).Exists());

        void AddLacking(string what, string allowed) => errors.Add(
            Key, $"without {what}", $"a section with {allowed}, no such section where API keys are enough, or {AllowAnonymousKey}=true");
    }

    /// <summary>The framework takes an empty value for none, and does not read a list in one line.</summary>
    private static void CheckValues(IConfigurationSection bearer, ConfigurationErrors errors)
    {
        foreach (var empty in Leaves(bearer).Where(leaf => leaf.Value is "")) errors.Add(empty.Path, "empty", "a value, or no such key");
        foreach (var list in Lists.Select(bearer.GetSection).Where(list => list.Value is { Length: > 0 }))
            errors.Add(list.Path, "one value", $"a list by index, that begins with {list.Path}:0");
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
}
