using System.ComponentModel.DataAnnotations;
using CleanUsers.WebApi.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CleanUsers.WebApi.Tests;

/// <summary>Configurations that the service rejects at startup with one line. See <see cref="Configuration"/> for more.</summary>
[Collection(nameof(InProcess))]
public sealed class RejectedConfiguration
{
    private const string Bearer = "Authentication:Schemes:Bearer";
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private const string KnownIssuer = "the issuer in ValidIssuer, or one of ValidIssuers";

    [Theory]
    [InlineData(
        "Http:MaxBodyByte=1", "Http:MaxBodyByte is unknown (allowed: MaxBodyBytes, MaxConnections, RequestTimeout, RequireIfMatch, TrustedProxies)")]
    [InlineData("http:requireifmatch=maybe", "Http:requireifmatch is 'maybe' (allowed: true or false)")]
    [InlineData("Http:RequestTimeout=30", "Http:RequestTimeout is '30' (allowed: 00:00:01 to 00:10:00)")]
    [InlineData("Http:RequestTimeout=soon", "Http:RequestTimeout is 'soon' (allowed: 00:00:01 to 00:10:00)")]
    [InlineData("Http:MaxBodyBytes=", "Http:MaxBodyBytes is '' (allowed: 1024 to 16777216)")]
    [InlineData("Email:From=users", "Email:From is 'users' (allowed: an address such as users@example.org, or Users <users@example.org>)")]
    [InlineData("Email:Delivery=1", "Email:Delivery is '1' (allowed: Pickup, Smtp)")]
    [InlineData("Email:PickupFolder=", "Email:PickupFolder is '' (allowed: a folder)")]
    [InlineData("Email:Smtp:Username=users", "Email:Smtp:Password is missing (allowed: the password of Email:Smtp:Username)")]
    [InlineData("Email:Smtp:Password=hush", "Email:Smtp:Username is missing (allowed: the user of Email:Smtp:Password)")]
    [InlineData("ConnectionStrings:CleanUsers=Data Source=x.db;Password=hush",
        "ConnectionStrings:CleanUsers must not have a 'Password': the embedded database is not encrypted")]
    [InlineData("Logging:LogLevel:Default=Foo",
        "Logging:LogLevel:Default is 'Foo' (allowed: Trace, Debug, Information, Warning, Error, Critical, None)")]
    [InlineData("Http:MaxBodyBytes:0=4096", "Http:MaxBodyBytes is a section (allowed: 1024 to 16777216)")]
    [InlineData(
        "Http:TrustedProxies=10.0.0.0/33", "Http:TrustedProxies is '10.0.0.0/33' (allowed: a network such as 10.0.0.0/8, 192.0.2.1/32 or fd00::/8)")]
    [InlineData(
        "Http:TrustedProxies:0=proxy.example",
        "Http:TrustedProxies:0 is 'proxy.example' (allowed: a network such as 10.0.0.0/8, 192.0.2.1/32 or fd00::/8)")]
    [InlineData(
        "Http:TrustedProxies=10.0.0.0/8,10.0.0.1",
        "Http:TrustedProxies is '10.0.0.1' (allowed: a network such as 10.0.0.0/8, 192.0.2.1/32 or fd00::/8)")]
    [InlineData(
        "Webhooks:AllowedNetworks=localhost",
        "Webhooks:AllowedNetworks is 'localhost' (allowed: a network such as 10.0.0.0/8, 192.0.2.1/32 or fd00::/8)")]
    [InlineData("Webhooks:Timeout=00:05:00", "Webhooks:Timeout is '00:05:00' (allowed: 00:00:01 to 00:01:00)")]
    [InlineData("Webhooks:Retries=5", "Webhooks:Retries is unknown (allowed: AllowedNetworks, Timeout, MaxConcurrency)")]
    [InlineData("ApiKeys:CacheSeconds=61", "ApiKeys:CacheSeconds is '61' (allowed: 0 to 60)")]
    [InlineData("ApiKeys:CacheSecond=5", "ApiKeys:CacheSecond is unknown (allowed: CacheSeconds)")]
    [InlineData(
        "Cors:Origins=*", "Cors:Origins is '*' (allowed: an origin as browsers write it, such as https://app.example.org or http://localhost:3000)")]
    [InlineData("Cors:Origin=https://app.example.org", "Cors:Origin is unknown (allowed: Origins)")]
    [InlineData("RateLimiting:Burts=5", "RateLimiting:Burts is unknown (allowed: Enabled, PermitsPerSecond, Burst)")]
    [InlineData("RateLimiting:Burst=0", "RateLimiting:Burst is '0' (allowed: 1 to 100000)")]
    [InlineData("Authentication:AllowAnonymus=true", "Authentication:AllowAnonymus is unknown (allowed: AllowAnonymous, Schemes, DefaultScheme)")]
    [InlineData("AutoMapper:LicenceKey=hush", "AutoMapper:LicenceKey is unknown (allowed: LicenseKey)")]
    [InlineData("Database:ConnectionString=Password=hush", "Database:ConnectionString is unknown (allowed: Provider, MigrateOnStartup)")]
    [InlineData($"{Bearer}:SigningKeys:0:Value=hush", $"{Bearer}:SigningKeys:0:Value is not valid (allowed: a key of at least 32 bytes in base64)")]
    [InlineData($"{Bearer}:SigningKeys:0:Value={Key}", $"{Bearer}:SigningKeys:0:Issuer is missing (allowed: {KnownIssuer})")]
    [InlineData($"{Bearer}:Authority=", $"{Bearer}:Authority is empty (allowed: a value, or no such key)")]
    [InlineData($"{Bearer}:ValidAudiences:0=", $"{Bearer}:ValidAudiences:0 is empty (allowed: a value, or no such key)")]
    [InlineData(
        $"{Bearer}:ValidAudiences=a,b",
        $"{Bearer}:ValidAudiences is one value (allowed: a list by index, that begins with {Bearer}:ValidAudiences:0)")]
    [InlineData("Sentry:Dsn=http://key@errors.example", "Sentry:Dsn is not valid (allowed: a DSN, as Sentry shows it for a project)")]
    [InlineData(
        "ConnectionStrings:CleanUsers=Data Source=file:x.db?mode=memory",
        "ConnectionStrings:CleanUsers must have a path in 'Data Source', not a URI")]
    [InlineData($"{Bearer}:SigningKeys:1:Value=AAAA", $"{Bearer}:SigningKeys:1:Value is not valid (allowed: a key of at least 32 bytes in base64)")]
    public async Task Invalid_key_or_value_is_named_and_a_secret_is_not_shown(string setting, string line)
    {
        var (code, error) = await Configuration.StartAsync("--Authentication:AllowAnonymous=true", $"--{setting}");
        Assert.Equal((78, $"Invalid configuration: {line}."), (code, error.Trim()));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("ftp://127.0.0.1:8080")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:port")]
    public async Task Address_that_the_service_can_not_listen_on_is_named(string url)
    {
        var (code, error) = await Configuration.StartAsync("--Authentication:AllowAnonymous=true", "--urls", url);
        Assert.Equal((78, $"Invalid configuration: urls is '{url}' (allowed: addresses such as http://*:8080)."), (code, error.Trim()));
    }

    [Theory]
    [InlineData("SaveToken=perhaps")]
    [InlineData("Authority=http://issuer.example")]
    [InlineData("Authority=nonsense")]
    [InlineData("RefreshInterval=often")]
    public async Task Value_that_ASPNET_Core_can_not_use_ends_the_start(string setting)
    {
        var (code, error) = await Configuration.StartAsync("--Authentication:AllowAnonymous=true", $"--{Bearer}:{setting}");
        Assert.Equal(78, code);
        Assert.StartsWith($"Invalid configuration: {Bearer} is not usable (", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("an issuer", "ValidAudience=x")]
    [InlineData("an audience", "ValidIssuer=x")]
    [InlineData("a key", "ValidIssuer=x", "ValidAudience=x")]
    public async Task Authentication_scheme_that_can_not_verify_tokens_is_rejected(string lacking, params string[] settings)
    {
        var (code, error) = await Configuration.StartAsync([.. settings.Select(setting => $"--{Bearer}:{setting}")]);
        Assert.Equal(78, code);
        Assert.StartsWith($"Invalid configuration: {Bearer} is without {lacking} (allowed: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_of_an_issuer_that_is_not_trusted_is_rejected()
    {
        var (code, error) = await Configuration.StartAsync(
            $"--{Bearer}:ValidIssuer=one", $"--{Bearer}:ValidAudience=x", $"--{Bearer}:SigningKeys:0:Issuer=other",
            $"--{Bearer}:SigningKeys:0:Value={Key}");
        Assert.Equal((78, $"Invalid configuration: {Bearer}:SigningKeys:0:Issuer is 'other' (allowed: {KnownIssuer})."), (code, error.Trim()));
    }

    [Fact]
    public void List_is_read_by_index_and_in_one_line()
    {
        Assert.Equal(["a1", "b2"], Read(("Sample:Items:0", "a1"), ("Sample:Items:1", "b2")).Items);
        Assert.Equal(["a1", "b2"], Read(("Sample:Items", "a1, b2")).Items);
        Assert.Equal([], Read(("Sample:Items", "")).Items);
        Assert.Equal([], Read().Items);
    }

    [Fact]
    public void Invalid_item_is_named_by_its_index()
    {
        Assert.Equal(
            "Invalid configuration: Sample:Items:1 is 'b' (allowed: a letter and a digit).",
            ErrorOf(("Sample:Items:0", "a1"), ("Sample:Items:1", "b")));
        Assert.Equal("Invalid configuration: Sample:Items is 'b' (allowed: a letter and a digit).", ErrorOf(("Sample:Items", "a1,b")));
    }

    [Fact]
    public void Invalid_secret_is_not_shown() =>
        Assert.Equal("Invalid configuration: Sample:Secret is not valid (allowed: four characters or more).", ErrorOf(("Sample:Secret", "abc")));

    [Fact]
    public void Null_value_is_unset() => Assert.Null(Read(("Sample:Secret", null)).Secret);

    private static Sample Read(params (string Key, string? Value)[] values)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Key, value.Value)));
        var sample = builder.AddSettings<Sample>("Sample");
        builder.EnsureValidSettings();
        return sample;
    }

    private static string ErrorOf(params (string Key, string? Value)[] values) =>
        Assert.Throws<ConfigurationException>(() => Read(values)).Message;

    private sealed class Sample
    {
        [RegularExpression("[a-z][0-9]", ErrorMessage = "a letter and a digit")]
        public TextList Items { get; init; } = [];

        [DataType(DataType.Password), MinLength(4, ErrorMessage = "four characters or more")]
        public string? Secret { get; init; }
    }
}
