using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CleanUsers.WebApi.Tests;

/// <summary>An issuer that publishes its keys (OpenID Connect Discovery), as identity providers do.</summary>
public sealed class PublishedKeys(PublishedKeys.Trusting service) : IClassFixture<PublishedKeys.Trusting>
{
    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha256)]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha512)]
    public async Task Token_signed_with_the_private_key_of_the_issuer_is_accepted(string algorithm) =>
        (await SendAsync(Trusting.Sign(new SigningCredentials(Trusting.Key, algorithm)))).Is(200);

    [Fact]
    public async Task Token_signed_with_another_private_key_is_401()
    {
        using var rsa = RSA.Create(2048);
        var foreign = new RsaSecurityKey(rsa) { KeyId = Trusting.Key.KeyId };
        (await SendAsync(Trusting.Sign(new SigningCredentials(foreign, SecurityAlgorithms.RsaSha256)))).IsProblem(401, "unauthenticated");
    }

    /// <summary>RFC 8725 section 2.1: a public key must not serve as a shared secret.</summary>
    [Theory]
    [InlineData("modulus")]
    [InlineData("pem")]
    [InlineData("der")]
    [InlineData("jwk")]
    public async Task Token_signed_with_the_public_key_as_a_secret_is_401(string form)
    {
        var secret = form switch
        {
            "modulus" => Trusting.Key.Rsa.ExportParameters(false).Modulus!,
            "pem" => Encoding.ASCII.GetBytes(Trusting.Key.Rsa.ExportSubjectPublicKeyInfoPem()),
            "der" => Trusting.Key.Rsa.ExportSubjectPublicKeyInfo(),
            _ => JsonSerializer.SerializeToUtf8Bytes(Trusting.Published),
        };
        var confused = new SymmetricSecurityKey(secret) { KeyId = Trusting.Key.KeyId };
        (await SendAsync(Trusting.Sign(new SigningCredentials(confused, SecurityAlgorithms.HmacSha256)))).IsProblem(401, "unauthenticated");
    }

    private Task<Response> SendAsync(string token) => service.GetAsync("/api/v1/users", ClosedService.Bearer(token));

    public sealed class Trusting : Service
    {
        private readonly WebApplication _issuer = WebApplication.CreateSlimBuilder().Build();

        public static RsaSecurityKey Key { get; } = new(RSA.Create(2048)) { KeyId = "one" };

        public static object Published
        {
            get
            {
                var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Key.Rsa.ExportParameters(false)) { KeyId = Key.KeyId });
                return new { kty = key.Kty, kid = key.Kid, n = key.N, e = key.E, use = "sig" };
            }
        }

        protected override IEnumerable<(string Key, string Value)> Settings
        {
            get
            {
                _issuer.Urls.Add("http://127.0.0.1:0");
                _issuer.MapGet(
                    "/.well-known/openid-configuration", () => new { issuer = ClosedService.Issuer, jwks_uri = $"{_issuer.Urls.Single()}/keys" });
                _issuer.MapGet("/keys", () => new { keys = (object[])[Published] });
                _issuer.Start();
                return
                [
                    ("Authentication:AllowAnonymous", "false"),
                    ("Authentication:Schemes:Bearer:Authority", _issuer.Urls.Single()),
                    ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
                    ("Authentication:Schemes:Bearer:ValidAudiences:0", ClosedService.Audience),
                ];
            }
        }

        public static string Sign(SigningCredentials with) => new JsonWebTokenHandler().CreateToken(ClosedService.Payload(), with);

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _issuer.DisposeAsync();
        }
    }
}

/// <summary>An issuer that can't be reached: the service can't decide whether a token is valid.</summary>
public sealed class UnreachableIssuer(UnreachableIssuer.Alone service) : IClassFixture<UnreachableIssuer.Alone>
{
    [Fact]
    public async Task Token_is_503_when_the_issuer_can_not_be_reached()
    {
        var response = await service.GetAsync("/api/v1/users", ClosedService.Bearer(ClosedService.Token()));
        Assert.Equal("1", response.IsProblem(503, "unavailable").Header("Retry-After"));
        (await service.GetAsync("/api/v1/users")).IsProblem(401, "unauthenticated");
        (await service.GetAsync("/health/ready")).Is(200);
    }

    public sealed class Alone : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings =>
        [
            ("Authentication:AllowAnonymous", "false"),
            ("Authentication:Schemes:Bearer:Authority", "http://127.0.0.1:1"),
            ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
            ("Authentication:Schemes:Bearer:ValidAudiences:0", ClosedService.Audience),
        ];
    }
}
