using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program's commands, as they are typed: what they print, and their exit codes.</summary>
[Collection(nameof(InProcess))]
public sealed class TheCommandLine : IDisposable
{
    private static readonly (string, string)[] Open = [("Authentication__AllowAnonymous", "true")];

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Theory]
    [InlineData]
    [InlineData("serve")]
    public async Task Without_a_command_it_serves_with_the_settings_that_follow(params string[] command)
    {
        using var service = await OwnProcess.ServeAsync(
            _folder, [], [.. command, "--urls", "http://127.0.0.1:0", "--environment=Staging", "Authentication:AllowAnonymous=true"]);
        using var client = new HttpClient();
        Assert.Contains("\"items\":[]", await client.GetStringAsync(new Uri(service.Address, "/api/v1/users"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_value_of_a_setting_is_no_command()
    {
        var (code, _, error) = await InProcess.RunAsync(_folder, [], "--environment", "migrate");
        Assert.Equal(78, code);
        Assert.Contains("Authentication", error, StringComparison.Ordinal); // so it was about to serve
    }

    [Fact]
    public async Task Told_to_stop_it_ends_with_0_after_the_requests_in_flight_however_slow_they_are()
    {
        using var service = await OwnProcess.ServeAsync(_folder, Open, "--urls", "http://127.0.0.1:0");
        const string body = """{"email":"slow@example.org"}""";
        using var connection = new TcpClient();
        await connection.ConnectAsync(service.Address.Host, service.Address.Port, TestContext.Current.CancellationToken);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);

        service.Terminate();
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 201 Created", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
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
    public async Task What_it_does_not_know_is_refused_by_name_with_1(string typed, string unknown)
    {
        var (code, output, error) = await InProcess.RunAsync(_folder, Open, typed.Split(' '));
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains($"'{unknown}'", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("migrate")]
    [InlineData("health")]
    public async Task Each_command_says_what_it_does_with_an_example(string command)
    {
        var (code, output, error) = await InProcess.RunAsync(_folder, [], command, "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"Example:\n  {RootCommand.ExecutableName} {command}", output, StringComparison.Ordinal);
        Assert.Contains($"  {command} ", (await InProcess.RunAsync(_folder, [], "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_makes_the_database_without_authentication_or_HTTP_and_can_be_repeated()
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
    [InlineData("Data Source=/dev/null/none.db", 69, "The database can't be reached: ")]
    [InlineData("Data Source=:memory:", 78, "Invalid configuration: ConnectionStrings:CleanUsers ")]
    public async Task Migrate_says_in_one_line_why_it_could_not(string connectionString, int expected, string start)
    {
        var (code, output, error) = await InProcess.RunAsync(_folder, [("ConnectionStrings__CleanUsers", connectionString)], "migrate");
        Assert.Equal(expected, code);
        Assert.Empty(output);
        Assert.StartsWith(start, Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_error_ends_the_process_with_one_line_and_70()
    {
        var database = $"Data Source={Path.Combine(_folder, "other.db")};Pooling=false";
        await using (var connection = new SqliteConnection(database))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = """CREATE TABLE "Users" ("Id" INTEGER)""";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(
            (70, "", "Unexpected error: SQLite Error 1: 'table \"Users\" already exists'.\n"),
            await InProcess.RunAsync(_folder, [("ConnectionStrings__CleanUsers", database)], "migrate"));
    }

    [Fact]
    public async Task Health_is_0_where_the_service_is_ready_and_1_with_a_reason_where_it_is_not()
    {
        using var service = await OwnProcess.ServeAsync(_folder, Open, "--urls", "http://127.0.0.1:0");
        foreach (var (name, value) in ((string, string)[])[
            ("PORT", $"{service.Address.Port}"),
            ("ASPNETCORE_URLS", $"https://*:1;http://*:{service.Address.Port}"),
            ("ASPNETCORE_HTTP_PORTS", $"{service.Address.Port};1")])
            Assert.Equal((0, "", ""), await InProcess.RunAsync(_folder, [("ASPNETCORE_URLS", ""), (name, value), ("HTTP_PROXY", "http://127.0.0.1:1")], "health"));

        File.Delete(Path.Combine(_folder, "data", "cleanusers.db"));
        var away = await InProcess.RunAsync(_folder, [("PORT", $"{service.Address.Port}")], "health");
        Assert.Equal((1, ""), (away.Code, away.Output));
        Assert.EndsWith("/health/ready responds with status code 503.", away.Error.Trim(), StringComparison.Ordinal);

        service.Terminate();
        await service.EndAsync();
        var gone = await InProcess.RunAsync(_folder, [("PORT", $"{service.Address.Port}")], "health");
        Assert.Equal((1, ""), (gone.Code, gone.Output));
        Assert.StartsWith($"Not ready: http://127.0.0.1:{service.Address.Port}/health/ready can't be reached: ", gone.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PORT", "0", "1 to 65535")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "http", "1 to 65535")]
    [InlineData("ASPNETCORE_URLS", "8080", "addresses such as http://*:8080")]
    public async Task Health_refuses_a_port_that_is_none(string name, string value, string allowed) => Assert.Equal(
        (78, "", $"Invalid configuration: {name} is '{value}' (allowed: {allowed}).\n"), await InProcess.RunAsync(_folder, [(name, value)], "health"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
