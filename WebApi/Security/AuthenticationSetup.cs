using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Authorization;

namespace CleanUsers.WebApi.Security;

/// <summary>Who may come in: everybody with a token of the configured issuer, or, only where it is said by name, anybody.</summary>
internal static class AuthenticationSetup
{
    public const string AllowAnonymousKey = "Authentication:AllowAnonymous";
    private const string BearerKey = "Authentication:Schemes:Bearer";

    public static WebApplicationBuilder AddAuthenticationByToken(this WebApplicationBuilder builder)
    {
        var allowAnonymous = builder.Configuration.Read<bool>(AllowAnonymousKey, "true or false");
        var bearer = builder.Configuration.GetSection(BearerKey);
        var trusts = ((string[])["Authority", "MetadataAddress", "ValidIssuer", "ValidIssuers"]).Any(key => bearer.GetSection(key).Exists());
        if (!allowAnonymous && !trusts)
            throw new ConfigurationException(BearerKey, bearer.Exists() ? "without an issuer" : "nothing", $"a section with an issuer to trust, or {AllowAnonymousKey}=true");

        builder.Services.AddAuthentication().AddJwtBearer(options => options.MapInboundClaims = false);
        builder.Services.AddAuthorization(options => options.FallbackPolicy =
            allowAnonymous ? null : new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        builder.Services.AddHttpContextAccessor().AddScoped<ICaller, HttpCaller>();
        return builder;
    }
}
