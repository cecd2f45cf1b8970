namespace CleanUsers.WebApi.Tests;

/// <summary>Unknown keys are found wherever they stand, and all errors of a configuration are reported at once.</summary>
[Collection(nameof(InProcess))]
public sealed class ConfigurationErrorsTests
{
    [Fact]
    public async Task All_errors_are_reported_at_once()
    {
        var (code, error) = await Configuration.StartAsync(
            "--PORT=0",
            "--Authentication:AllowAnonymous=perhaps",
            "--Authentication:Schemes:Bearer:SigningKeys:0:Value=hidden",
            "--Database:Provider=Oracle",
            "--Http:MaxBodyBytes=1",
            "--Http:RequestTimeout=soon",
            "--Http:Unknown=1",
            "--Email:Delivery=Smtp",
            "--Cors:Origins=*",
            "--RateLimiting:Burst=0",
            "--Retention:DeletedUsersDays=0",
            "--Shutdown:Delay=1",
            "--Metrics:Port=0",
            "--Sentry:Dsn=hidden",
            "--OTEL_EXPORTER_OTLP_ENDPOINT=collector");
        Assert.Equal(78, code);
        var keys = error.Trim().Split('\n').Select(line => line.Trim()["Invalid configuration: ".Length..].Split(' ')[0]);
        Assert.Equal(
            new[]
            {
                "Authentication:AllowAnonymous", "Authentication:Schemes:Bearer:SigningKeys:0:Value",
                "Cors:Origins", "Database:Provider", "Email:Smtp:Host", "Http:MaxBodyBytes", "Http:RequestTimeout", "Http:Unknown",
                "Metrics:Port", "OTEL_EXPORTER_OTLP_ENDPOINT", "PORT", "RateLimiting:Burst", "Retention:DeletedUsersDays", "Sentry:Dsn",
                "Shutdown:Delay",
            },
            keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain("hidden", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_connection_string_is_unknown()
    {
        var (code, error) = await Configuration.StartAsync("--Authentication:AllowAnonymous=true", "--ConnectionStrings:Default=Password=hidden");
        Assert.Equal((78, "Invalid configuration: ConnectionStrings:Default is unknown (allowed: CleanUsers)."), (code, error.Trim()));
    }

    public static TheoryData<string, string> MisspelledSections => new(ConfigurationTable.Sections.Keys
        .Where(section => !section.Contains(':', StringComparison.Ordinal))
        .Concat(["ConnectionStrings", "Logging", "Sentry"])
        .SelectMany(section => Misspellings(section).Where(typo => typo != section).Select(typo => (typo, section))));

    [Theory]
    [MemberData(nameof(MisspelledSections))]
    public async Task A_misspelled_section_is_unknown(string typo, string section)
    {
        var (code, error) = await Configuration.StartAsync("--Authentication:AllowAnonymous=true", $"--{typo}:Provider=hidden");
        Assert.Equal((78, $"Invalid configuration: {typo} is unknown (allowed: {section})."), (code, error.Trim()));
    }

    /// <summary>They would work on the embedded database, and print what is there.</summary>
    [Theory]
    [InlineData("migrate")]
    [InlineData("users", "list")]
    public async Task Commands_reject_a_misspelled_section_too(params string[] command)
    {
        var (code, output, error) = await InProcess.RunAsync(Path.GetTempPath(), [("Databse__Provider", "PostgreSql")], command);
        Assert.Equal((78, ""), (code, output));
        Assert.Equal("Invalid configuration: Databse is unknown (allowed: Database).", error.Trim());
    }

    [Theory]
    [InlineData("Foreign:Provider")]
    [InlineData("Databse")]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections")]
    public async Task A_key_that_may_belong_to_another_program_is_allowed(string key)
    {
        var (_, error) = await Configuration.StartAsync("--Authentication:AllowAnonymous=perhaps", $"--{key}=1");
        Assert.StartsWith("Invalid configuration: Authentication:AllowAnonymous is 'perhaps'", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
    }

    private static string[] Misspellings(string section) =>
        [section[..^1], $"{section}s", section.Remove(2, 1), $"{section[0]}{section[2]}{section[1]}{section[3..]}", $"{section[..^1]}_"];
}
