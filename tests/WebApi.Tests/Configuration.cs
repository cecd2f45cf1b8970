namespace CleanUsers.WebApi.Tests;

/// <summary>Configurations that end the start with one line and an exit code.</summary>
[Collection(nameof(InProcess))]
public sealed class Configuration
{
    /// <summary>With the name misspelled, the service would start, and accept no token.</summary>
    [Fact]
    public async Task Misspelled_authentication_scheme_ends_the_start_with_78()
    {
        var (code, error) = await StartAsync("--Authentication:Schemes:Baerer:Authority=https://issuer.example");
        Assert.Equal((78, "Invalid configuration: Authentication:Schemes:Baerer is unknown (allowed: Bearer)."), (code, error.Trim()));
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
    public async Task Invalid_value_ends_the_start_with_one_line_that_names_it(string key, string value, string allowed)
    {
        var (code, error) = await StartAsync("--Authentication:AllowAnonymous=true", $"--{key}={value}");
        Assert.Equal(78, code);
        Assert.Equal($"Invalid configuration: {key} is '{value}' (allowed: {allowed}).", error.Trim());
    }

    [Theory]
    [InlineData("Sqlite", "Foo=hidden", "has the unknown keyword 'foo'")]
    [InlineData("Sqlite", "Data Source=:memory:", "must name a file in 'Data Source'")]
    [InlineData("Sqlite", " ", "must name a file in 'Data Source'")]
    [InlineData("Sqlite", "Data Source=x;Mode=hidden", "has an invalid value of 'mode'")]
    [InlineData("Sqlite", "Data Source=x;Default Timeout=hidden", "has an invalid value of 'default timeout'")]
    [InlineData("Sqlite", "hidden", "is not in the form 'keyword=value;keyword=value'")]
    [InlineData("SqlServer", "Database=hidden", "must name a server in 'Data Source'")]
    [InlineData("SqlServer", "Server=db;Foo=hidden", "has the unknown keyword 'foo'")]
    [InlineData("SqlServer", "Server=db;Max Pool Size=hidden", "has an invalid value of 'max pool size'")]
    [InlineData("SqlServer", "Server=db;Max Pool Size=99999999999", "has an invalid value of 'max pool size'")]
    [InlineData("SqlServer", "Server=db;Encrypt=hidden", "has an invalid value of 'encrypt'")]
    [InlineData("PostgreSql", "Database=hidden", "must name a server in 'Host'")]
    [InlineData("PostgreSql", "Host=db;Foo=hidden", "has the unknown keyword 'foo'")]
    [InlineData("PostgreSql", "Host=db;Port=hidden", "has an invalid value of 'port'")]
    [InlineData("PostgreSql", "Host=db;Port=-5", "has an invalid value of 'port'")]
    [InlineData("PostgreSql", "Host=a,b;Target Session Attributes=any", "must have the value 'primary' of 'Target Session Attributes', or none")]
    [InlineData("PostgreSql", "postgres://users:hidden@db/users", "is not in the form 'keyword=value;keyword=value'")]
    public async Task Invalid_connection_string_is_rejected_with_the_mistake_and_without_values(
        string provider, string connectionString, string mistake)
    {
        var error = await ErrorOfConnectionStringAsync(provider, connectionString);
        Assert.Equal($"Invalid configuration: ConnectionStrings:CleanUsers {mistake}.", error);
    }

    /// <summary>A password with a semicolon ends at it, so what follows passes for a keyword.</summary>
    [Theory]
    [InlineData("Host=db;Password=one;hidden=x", "has an unknown keyword after 'password' (a value with a semicolon must be in quotes)")]
    [InlineData("Host=db;Password=one;Port=1;hidden=x", "has an unknown keyword after 'port' (a value with a semicolon must be in quotes)")]
    [InlineData("Host=db;PWD=one;hidden=x", "has an unknown keyword after 'pwd' (a value with a semicolon must be in quotes)")]
    [InlineData("Host=db;Username=u;h1dden;2=x", "has an unknown keyword after 'username' (a value with a semicolon must be in quotes)")]
    [InlineData("h1dden=x", "begins with an unknown keyword")]
    [InlineData("Host=db;hidden=", "is not valid")]
    public async Task What_can_be_a_part_of_a_password_is_not_shown(string connectionString, string mistake)
    {
        var error = await ErrorOfConnectionStringAsync("PostgreSql", connectionString);
        Assert.Equal($"Invalid configuration: ConnectionStrings:CleanUsers {mistake}.", error);
        Assert.DoesNotContain("dden", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SqlServer")]
    [InlineData("PostgreSql")]
    public async Task Server_without_a_connection_string_is_rejected(string provider)
    {
        var (code, error) = await StartAsync("--Authentication:AllowAnonymous=true", $"--Database:Provider={provider}");
        Assert.Equal(78, code);
        Assert.Equal("Invalid configuration: ConnectionStrings:CleanUsers is missing (allowed: a connection string of the database).", error.Trim());
    }

    [Theory]
    [InlineData("SqlServer", "Server=127.0.0.1,1;User Id=sa;Password=hidden;Encrypt=false;Connect Timeout=1")]
    [InlineData("PostgreSql", "Host=127.0.0.1;Port=1;Username=users;Password=hidden")]
    public async Task Unreachable_server_ends_the_start_with_69(string provider, string connectionString)
    {
        var (code, error) = await StartAsync(
            "--Authentication:AllowAnonymous=true",
            "--Database:MigrateOnStartup=true",
            $"--Database:Provider={provider}",
            $"--ConnectionStrings:CleanUsers={connectionString}");
        Assert.Equal(69, code);
        Assert.StartsWith("The database can't be used: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Unreachable_database_file_ends_the_start_with_69()
    {
        var (code, error) = await StartAsync("--Authentication:AllowAnonymous=true", "--ConnectionStrings:CleanUsers=Data Source=/dev/null/none.db");
        Assert.Equal(69, code);
        Assert.StartsWith("The database can't be used: ", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Authentication_scheme_without_an_issuer_ends_the_start_with_78()
    {
        var (code, _) = await StartAsync("--Authentication:Schemes:Bearer:ValidAudience=x");
        Assert.Equal(78, code);
    }

    private static async Task<string> ErrorOfConnectionStringAsync(string provider, string connectionString)
    {
        var (code, error) = await StartAsync(
            "--Authentication:AllowAnonymous=true", $"--Database:Provider={provider}", $"--ConnectionStrings:CleanUsers={connectionString}");
        Assert.Equal(78, code);
        return error.Trim();
    }

    [Theory]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL=0")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=bad")]
    public async Task Variable_that_OpenTelemetry_can_not_use_ends_the_start(string setting)
    {
        var (code, error) = await StartAsync(
            "--Authentication:AllowAnonymous=true", "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", $"--{setting}");
        Assert.Equal(78, code);
        Assert.StartsWith("Invalid configuration: OTEL_* is not usable (", error, StringComparison.Ordinal);
    }

    /// <summary>Starts the service; it must end by itself.</summary>
    internal static async Task<(int Code, string Error)> StartAsync(params string[] arguments)
    {
        var (code, _, error) = await InProcess.RunAsync(Path.GetTempPath(), [], ["--urls", "http://127.0.0.1:0", .. arguments])
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        return (code, error);
    }
}
