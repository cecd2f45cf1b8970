using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are trusted if they come from a proxy in one of the configured networks, hop by
/// hop; any client can send them, so those from other networks are ignored.
/// </summary>
internal static class TrustedProxies
{
    public static void Configure(ForwardedHeadersOptions forwarded, HttpOptions options)
    {
        forwarded.KnownProxies.Clear(); // the framework's own trust in loopback
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies) forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        forwarded.ForwardLimit = null; // as many hops as there are trusted proxies

        // without any network the framework would trust every sender, as it does where ASPNETCORE_FORWARDEDHEADERS_ENABLED is set
        forwarded.ForwardedHeaders = options.TrustedProxies.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
    }

    /// <summary>Before what uses them: everything that uses the address of the client, or whether it came over TLS, runs after this.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.TrustedProxies.Count > 0) app.UseForwardedHeaders();
    }
}
