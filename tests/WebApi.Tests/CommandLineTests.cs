using System.CommandLine;
using CleanUsers.TestSupport;
using Microsoft.Data.Sqlite;

namespace CleanUsers.WebApi.Tests;

/// <summary>The output and exit codes of the program's commands.</summary>
[Collection(nameof(InProcess))]
public sealed class CommandLineTests : IDisposable
{
    private static readonly (string, string)[] Open = [("Authentication__AllowAnonymous", "true")];

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Theory]
    [InlineData]
    [InlineData("serve")]
    public async Task Program_without_a_command_serves_with_the_given_settings(params string[] command)
    {
        LongTest.SkipUnlessDemanded();
        using var service = await OwnProcess.ServeAsync(
            _folder, [], [.. command, "--urls", "http://127.0.0.1:0", "--environment=Staging", "Authentication:AllowAnonymous=true"]);
        using var client = new HttpClient();
        Assert.Contains(
            "\"items\":[]", await client.GetStringAsync(new Uri(service.Address, "/api/v1/users"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Value_of_a_setting_is_not_a_command()
    {
        var (code, _, error) = await InProcess.RunAsync(_folder, [("Http__MaxBodyBytes", "1")], "--environment", "migrate");
        Assert.Equal(78, code);
        Assert.Contains("Http:MaxBodyBytes", error, StringComparison.Ordinal); // it was starting to serve
    }

    [Theory]
    [InlineData(15)] // SIGTERM
    [InlineData(1)] // SIGHUP
    public async Task Signal_completes_a_slow_request_and_exits_with_0(int signal)
    {
        LongTest.SkipUnlessDemanded();
        using var service = await OwnProcess.ServeAsync(_folder, Open, "--urls", "http://127.0.0.1:0");
        const string body = """{"email":"slow@example.org"}""";
        using var connection = new RawConnection(service.Address);
        await connection.SendAsync(
            $"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"
            + "Expect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100", await connection.ReadResponseAsync(), StringComparison.Ordinal); // the service reads the body

        service.Signal(signal);
        await Task.Delay(3000, TestContext.Current.CancellationToken); // the client is slow
        await connection.SendAsync(body);
        Assert.StartsWith("HTTP/1.1 201 Created\r\n", await connection.ReadResponseAsync(), StringComparison.Ordinal);
        Assert.Equal((0, ""), await service.EndAsync());
    }

    [Theory]
    [InlineData("mgirate", "mgirate")]
    [InlineData("migrate --dry-run", "--dry-run")]
    [InlineData("health now", "now")]
    [InlineData("serve migrate", "migrate")]
    [InlineData("--urls", "--urls")]
    [InlineData("serve -v", "-v")]
    [InlineData("@commands", "@commands")]
    public async Task Unknown_argument_is_rejected_by_name_with_1(string typed, string unknown)
    {
        var (code, output, error) = await InProcess.RunAsync(_folder, Open, typed.Split(' '));
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains($"'{unknown}'", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    public static TheoryData<string> Commands => [.. ProgramCommands.OfProgram];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_has_help_with_an_example(string command)
    {
        var (code, output, error) = await InProcess.RunAsync(_folder, [], command, "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"Example:\n  {RootCommand.ExecutableName} {command}", output, StringComparison.Ordinal);
        Assert.Contains($"  {command} ", (await InProcess.RunAsync(_folder, [], "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_creates_the_database_without_a_valid_HTTP_configuration_and_can_be_repeated()
    {
        (string, string)[] wrongForServing = [("Http__MaxBodyBytes", "1")];
        for (var i = 0; i < 2; i++)
            Assert.Equal((0, "The database is up to date.\n", ""), await InProcess.RunAsync(_folder, wrongForServing, "migrate"));

        using var service = await OwnProcess.ServeAsync(
            _folder, [.. Open, ("Database__MigrateOnStartup", "false")], "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(service.Address, "/health/ready"), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Data Source=/dev/null/none.db", 69, "The database can't be used: ")]
    [InlineData("Data Source=:memory:", 78, "Invalid configuration: ConnectionStrings:CleanUsers ")]
    public async Task Failed_migrate_prints_one_line(string connectionString, int expected, string start)
    {
        var (code, output, error) = await InProcess.RunAsync(_folder, [("ConnectionStrings__CleanUsers", connectionString)], "migrate");
        Assert.Equal(expected, code);
        Assert.Empty(output);
        Assert.StartsWith(start, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unexpected_error_ends_the_process_with_one_line_and_70()
    {
        var database = $"Data Source={Path.Combine(_folder, "other.db")};Pooling=false";
        await using (var connection = new SqliteConnection(database))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = """CREATE VIEW "Users" AS SELECT 1 AS "Id" """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            (70, "", "Unexpected error: SQLite Error 1: 'view \"Users\" already exists'.\n"),
            await InProcess.RunAsync(_folder, [("ConnectionStrings__CleanUsers", database)], "migrate"));
    }

    [Fact]
    public async Task Health_is_0_for_a_ready_service_and_1_with_a_reason_otherwise()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await OwnProcess.ServeAsync(_folder, Open, "--urls", "http://127.0.0.1:0");
        foreach (var (name, value) in ((string, string)[])[
            ("PORT", $"{service.Address.Port}"),
            ("ASPNETCORE_URLS", $"https://*:1;http://*:{service.Address.Port}"),
            ("ASPNETCORE_HTTP_PORTS", $"{service.Address.Port};1")])
            Assert.Equal(
                (0, "", ""),
                await InProcess.RunAsync(_folder, [("ASPNETCORE_URLS", ""), (name, value), ("HTTP_PROXY", "http://127.0.0.1:1")], "health"));

        File.Delete(Path.Combine(_folder, "data", "cleanusers.db"));
        var unavailable = await InProcess.RunAsync(_folder, [("PORT", $"{service.Address.Port}")], "health");
        Assert.Equal((1, ""), (unavailable.Code, unavailable.Output));
        Assert.EndsWith("/health/ready responds with status code 503.", unavailable.Error.Trim(), StringComparison.Ordinal);

        service.Terminate();
        await service.EndAsync();
        var stopped = await InProcess.RunAsync(_folder, [("PORT", $"{service.Address.Port}")], "health");
        Assert.Equal((1, ""), (stopped.Code, stopped.Output));
        Assert.StartsWith(
            $"Not ready: http://127.0.0.1:{service.Address.Port}/health/ready can't be reached: ", stopped.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PORT", "0", "1 to 65535")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "http", "1 to 65535")]
    [InlineData("ASPNETCORE_URLS", "8080", "addresses such as http://*:8080")]
    public async Task Health_rejects_an_invalid_port(string name, string value, string allowed) => Assert.Equal(
        (78, "", $"Invalid configuration: {name} is '{value}' (allowed: {allowed}).\n"),
        await InProcess.RunAsync(_folder, [(name, value)], "health"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
