using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Tests;

/// <summary>The client's address and the use of TLS behind a proxy, as the rate limit and Strict-Transport-Security show them.</summary>
public abstract class Proxies
{
    private const string Tls = "Strict-Transport-Security";

    /// <summary>The requests that are left to the client that these headers name.</summary>
    private static async Task<int> LeftAsync(Service service, params (string Name, string Value)[] headers)
    {
        var limit = (await service.GetAsync("/api/v1/users/7", headers)).Is(404).Header("RateLimit")!;
        return int.Parse(limit.Split("r=")[1].Split(';')[0], null);
    }

    /// <summary>
    /// Whether requests with these two values of X-Forwarded-For are one client's. Many requests go out for the first value: the bucket fills up
    /// meanwhile, but by one a second only.
    /// </summary>
    private static async Task<bool> AreOneClientAsync(Service service, string one, string other)
    {
        for (var i = 0; i < Slow.Many; i++) await LeftAsync(service, ("X-Forwarded-For", one));
        return await LeftAsync(service, ("X-Forwarded-For", other)) < Slow.Burst - (Slow.Many / 2);
    }

    public sealed class Trusted(Trusted.Behind service) : Proxies, IClassFixture<Trusted.Behind>
    {
        [Fact]
        public async Task X_Forwarded_For_of_a_trusted_proxy_is_the_client()
        {
            Assert.False(await AreOneClientAsync(service, "192.0.2.1", "192.0.2.2"));
            Assert.True(await AreOneClientAsync(service, "192.0.2.1", "192.0.2.1"));
        }

        [Fact]
        public async Task Last_untrusted_hop_of_a_chain_is_the_client()
        {
            Assert.False(await AreOneClientAsync(service, "198.51.100.1, 192.0.2.3, 10.1.2.3", "198.51.100.1, 192.0.2.4, 10.1.2.3"));
            // the entries before it are ignored
            Assert.True(await AreOneClientAsync(service, "198.51.100.1, 192.0.2.3, 10.1.2.3", "198.51.100.2, 192.0.2.3"));
        }

        [Fact]
        public async Task X_Forwarded_Proto_of_a_trusted_proxy_enables_HSTS()
        {
            Assert.Equal("max-age=31536000", (await service.GetAsync("/nothing", ("X-Forwarded-Proto", "https"))).Is(404).Header(Tls));
            Assert.Equal("max-age=31536000", (await service.GetAsync("/api/v1/users?x=1", ("X-Forwarded-Proto", "https"))).Is(400).Header(Tls));
            Assert.Null((await service.GetAsync("/nothing", ("X-Forwarded-Proto", "http"))).Header(Tls));
            Assert.Null((await service.GetAsync("/nothing")).Header(Tls));
        }

        [Theory]
        [InlineData("nonsense")]
        [InlineData("192.0.2.9, , ,")]
        [InlineData("' OR 1=1")]
        [InlineData("[::1")]
        public async Task Malformed_forwarded_headers_cause_no_server_error(string value) =>
            (await service.GetAsync("/api/v1/users/7", ("X-Forwarded-For", value), ("X-Forwarded-Proto", value), ("X-Forwarded-Host", value)))
                .Is(404);

        [Fact]
        public void Forwarded_host_of_a_trusted_proxy_is_enabled() => Assert.Equal(
            ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            service.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value.ForwardedHeaders);

        public sealed class Behind : Slow
        {
            protected override string TrustedProxies => "127.0.0.0/8, 10.0.0.0/8, ::1/128";
        }
    }

    public sealed class Foreign(Foreign.Elsewhere service) : Proxies, IClassFixture<Foreign.Elsewhere>
    {
        [Fact]
        public async Task Forwarded_headers_of_an_untrusted_proxy_are_ignored()
        {
            Assert.True(await AreOneClientAsync(service, "192.0.2.1", "192.0.2.2"));
            Assert.Null((await service.GetAsync("/nothing", ("X-Forwarded-Proto", "https"))).Header(Tls));
        }

        public sealed class Elsewhere : Slow
        {
            protected override string TrustedProxies => "10.0.0.0/8";
        }
    }

    /// <summary>Even if a hosting platform sets the framework's own switch, which would trust every proxy.</summary>
    public sealed class NoneAtAll(NoneAtAll.Alone service) : Proxies, IClassFixture<NoneAtAll.Alone>
    {
        [Fact]
        public async Task Forwarded_headers_without_trusted_proxies_are_ignored()
        {
            Assert.True(await AreOneClientAsync(service, "192.0.2.1", "192.0.2.2"));
            Assert.Null((await service.GetAsync("/nothing", ("X-Forwarded-Proto", "https"))).Header(Tls));
        }

        public sealed class Alone : Slow
        {
            protected override string TrustedProxies => "";

            protected override IEnumerable<(string Key, string Value)> Settings => [.. base.Settings, ("FORWARDEDHEADERS_ENABLED", "true")];
        }
    }

    /// <summary>A service whose buckets fill slowly enough to compare them.</summary>
    public abstract class Slow : Service
    {
        public const int Burst = 1000;
        public const int Many = 40;

        protected abstract string TrustedProxies { get; }

        protected override IEnumerable<(string Key, string Value)> Settings =>
            [("Http:TrustedProxies", TrustedProxies), ("RateLimiting:PermitsPerSecond", "1"), ("RateLimiting:Burst", "1000")];
    }
}
