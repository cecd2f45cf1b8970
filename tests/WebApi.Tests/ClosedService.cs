using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CleanUsers.WebApi.Tests;

/// <summary>A service that requires a token, and the issuer that it trusts.</summary>
public class ClosedService : Service
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "https://users.example";

    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    protected override IEnumerable<(string Key, string Value)> Settings =>
    [
        ("Authentication:AllowAnonymous", "false"),
        ("Authentication:Schemes:Bearer:ValidIssuer", Issuer),
        ("Authentication:Schemes:Bearer:ValidAudiences:0", Audience),
        ("Authentication:Schemes:Bearer:SigningKeys:0:Issuer", Issuer),
        ("Authentication:Schemes:Bearer:SigningKeys:0:Value", Convert.ToBase64String(Key)),
    ];

    /// <summary>A header with a token that allows these scopes.</summary>
    public static (string Name, string Value) Allowing(params string[] scopes) => Bearer(Token(("scope", string.Join(' ', scopes))));

    public static (string Name, string Value) Bearer(string token) => ("Authorization", "Bearer " + token);

    /// <summary>A token that is valid except for these claims; null omits a claim.</summary>
    public static string Token(params (string Name, object? Value)[] claims) => Token(Key, SecurityAlgorithms.HmacSha256, claims);

    public static string Token(byte[] key, string algorithm, params (string Name, object? Value)[] claims) =>
        new JsonWebTokenHandler().CreateToken(Payload(claims), new SigningCredentials(new SymmetricSecurityKey(key), algorithm));

    /// <summary>The claims of a valid token, changed by these.</summary>
    public static string Payload(params (string Name, object? Value)[] claims)
    {
        var payload = new Dictionary<string, object?>
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = "ada",
            ["scope"] = "users.read",
            ["nbf"] = Seconds(-60),
            ["exp"] = Seconds(600),
        };
        foreach (var (name, value) in claims) payload[name] = value;
        return JsonSerializer.Serialize(payload.Where(claim => claim.Value is not null).ToDictionary());
    }

    /// <summary>A time relative to now, as in a token (NumericDate, RFC 7519 section 2).</summary>
    public static long Seconds(int fromNow) => TimeProvider.System.GetUtcNow().AddSeconds(fromNow).ToUnixTimeSeconds();

    /// <summary>A token of these parts as they are.</summary>
    public static string Raw(string header, string payload, string signature = "") =>
        $"{Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(header))}.{Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(payload))}.{signature}";
}
