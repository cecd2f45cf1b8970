namespace CleanUsers.WebApi.Tests;

/// <summary>Configurations that the service does not start with: one line, and an exit code.</summary>
[Collection(nameof(InProcess))]
public sealed class Configuration
{
    [Fact]
    public async Task Outside_Development_it_does_not_start_until_somebody_says_who_may_come_in()
    {
        var (code, error) = await StartAsync();
        Assert.Equal(78, code);
        Assert.Equal(
            "Invalid configuration: Authentication:Schemes:Bearer is missing (allowed: a section with an issuer to trust, or Authentication:AllowAnonymous=true).",
            error.Trim());
    }

    [Theory]
    [InlineData("Authentication:AllowAnonymous", "perhaps", "true or false")]
    [InlineData("Database:Provider", "Oracle", "Sqlite, SqlServer, PostgreSql")]
    [InlineData("Database:Provider", "7", "Sqlite, SqlServer, PostgreSql")]
    [InlineData("Database:MigrateOnStartup", "sometimes", "true or false")]
    [InlineData("Http:MaxBodyBytes", "12", "1024 to 16777216")]
    [InlineData("Http:MaxBodyBytes", "64KB", "1024 to 16777216")]
    [InlineData("Http:RequireIfMatch", "yes", "true or false")]
    [InlineData("Shutdown:Delay", "5 s", "00:00:00 to 00:05:00")]
    [InlineData("Metrics:Port", "0", "1 to 65535")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "an http or https address")]
    public async Task A_wrong_value_ends_the_start_with_one_line_that_names_it(string key, string value, string allowed)
    {
        var (code, error) = await StartAsync("--Authentication:AllowAnonymous=true", $"--{key}={value}");
        Assert.Equal(78, code);
        Assert.Equal($"Invalid configuration: {key} is '{value}' (allowed: {allowed}).", error.Trim());
    }

    [Theory]
    [InlineData("Foo=bar")]
    [InlineData("Data Source=:memory:")]
    [InlineData(" ")]
    public async Task A_connection_string_that_is_none_is_refused_without_being_shown(string connectionString)
    {
        var (code, error) = await StartAsync("--Authentication:AllowAnonymous=true", $"--ConnectionStrings:CleanUsers={connectionString}");
        Assert.Equal(78, code);
        Assert.Equal("Invalid configuration: ConnectionStrings:CleanUsers is not valid (allowed: a connection string of the database).", error.Trim());
    }

    [Theory]
    [InlineData("SqlServer")]
    [InlineData("PostgreSql")]
    public async Task A_server_needs_a_connection_string(string provider)
    {
        var (code, error) = await StartAsync("--Authentication:AllowAnonymous=true", $"--Database:Provider={provider}");
        Assert.Equal(78, code);
        Assert.Equal("Invalid configuration: ConnectionStrings:CleanUsers is missing (allowed: a connection string of the database).", error.Trim());
    }

    [Theory]
    [InlineData("SqlServer", "Database=users")]
    [InlineData("SqlServer", "Server=db;Foo=bar")]
    [InlineData("PostgreSql", "Database=users")]
    [InlineData("PostgreSql", "Host=db;Foo=bar")]
    public async Task A_connection_string_that_is_none_of_the_server_is_refused_without_being_shown(string provider, string connectionString)
    {
        var (code, error) = await StartAsync(
            "--Authentication:AllowAnonymous=true", $"--Database:Provider={provider}", $"--ConnectionStrings:CleanUsers={connectionString}");
        Assert.Equal(78, code);
        Assert.Equal("Invalid configuration: ConnectionStrings:CleanUsers is not valid (allowed: a connection string of the database).", error.Trim());
    }

    [Theory]
    [InlineData("SqlServer", "Server=127.0.0.1,1;User Id=sa;Password=hidden;Encrypt=false")]
    [InlineData("PostgreSql", "Host=127.0.0.1;Port=1;Username=users;Password=hidden")]
    public async Task A_server_out_of_reach_ends_the_start_with_69(string provider, string connectionString)
    {
        var (code, error) = await StartAsync(
            "--Authentication:AllowAnonymous=true",
            "--Database:MigrateOnStartup=true",
            $"--Database:Provider={provider}",
            $"--ConnectionStrings:CleanUsers={connectionString}");
        Assert.Equal(69, code);
        Assert.StartsWith("The database can't be reached: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_database_out_of_reach_ends_the_start_with_69()
    {
        var (code, error) = await StartAsync("--Authentication:AllowAnonymous=true", "--ConnectionStrings:CleanUsers=Data Source=/dev/null/none.db");
        Assert.Equal(69, code);
        Assert.StartsWith("The database can't be reached: ", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_scheme_that_trusts_nobody_is_no_authentication()
    {
        var (code, _) = await StartAsync("--Authentication:Schemes:Bearer:ValidAudience=x");
        Assert.Equal(78, code);
    }

    /// <summary>Starts the service; it must end by itself.</summary>
    internal static async Task<(int Code, string Error)> StartAsync(params string[] arguments)
    {
        var (code, _, error) = await InProcess.RunAsync(Path.GetTempPath(), [], ["--urls", "http://127.0.0.1:0", .. arguments]);
        return (code, error);
    }
}
