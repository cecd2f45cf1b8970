using CleanUsers.WebApi.Commands;
using Microsoft.Data.Sqlite;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Output on a terminal that repeats text from outside: every source of such text, with characters that control a terminal. An error stays one
/// line, and shows them as escapes.
/// </summary>
[Collection(nameof(InProcess))]
public sealed class TerminalOutput : IDisposable
{
    // colours, line breaks, the bell, C1's control sequences, overrides of direction
    private const string Hostile = "\e[31m\r\n\a\u009b2J\u0085\u202e\u2066\u2028\u2029x";
    private const string Shown = @"\u001B[31m\u000D\u000A\u0007\u009B2J\u0085\u202E\u2066\u2028\u2029x";

    // the character stands for the hostile text: names of tests are printed, too
    private const string Here = "☠";

    // read after all other settings, so that a service that accepts those does not start
    private const string LastSetting = "--Shutdown:Delay=soon";

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    public static TheoryData<string> Settings =>
    [
        .. ConfigurationTable.Sections.Keys.Select(section => $"{section}:{Here}=1"),
        .. ConfigurationTable.Sections.Keys.SelectMany(section =>
            ConfigurationTable.Properties(section).Select(property => $"{section}:{property.Name}").SelectMany(key =>
                (string[])[$"{key}={Here}", $"{key}:0={Here}", $"{key}:{Here}=1"])),
        .. ((string[])["Authority", "ValidIssuer", "ValidAudience", "SaveToken", "RefreshInterval", "SigningKeys:0:Value", Here]).Select(key =>
            $"Authentication:Schemes:Bearer:{key}={Here}"),
        $"Authentication:DefaultScheme={Here}",
        $"ConnectionStrings:CleanUsers={Here}",
        $"OTEL_EXPORTER_OTLP_ENDPOINT={Here}",
        $"OTEL_SERVICE_NAME={Here}",
        $"Sentry:Dsn={Here}",
        $"AllowedHosts={Here}",
        $"environment={Here}",
        $"{Here}={Here}",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("plain: Ünï 漢 👩‍👩‍👧 \\ <&> [red]")]
    [InlineData("\u061C\u200B\u200E\uFEFF")] // drawn as nothing, but they neither break a line nor override its direction
    public void Plain_text_is_printed_unchanged(string text) => Assert.Equal(text, TerminalText.Escape(text));

    [Fact]
    public void Every_control_character_is_printed_as_an_escape()
    {
        Assert.Equal(Shown, TerminalText.Escape(Hostile));
        Assert.Equal(@"\u0000\u007F\uDC00\uD83D", TerminalText.Escape("\0\u007f\udc00\ud83d"));
        for (var c = 0; c <= char.MaxValue; c++)
            Assert.DoesNotMatch(@"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069\uFFFE]", TerminalText.Escape($"a{(char)c}b"));
    }

    [Theory]
    [InlineData(1, "Unrecognized command or argument '☠'.", "☠")]
    [InlineData(1, "Unrecognized command or argument '☠'.", "migrate", "☠")]
    [InlineData(1, "Unrecognized command or argument '☠'.", "health", "☠")]
    [InlineData(1, "Unrecognized command or argument '☠'.", "openapi", "☠")]
    [InlineData(1, "Unrecognized command or argument '--☠'.", "openapi", "--☠")]
    [InlineData(1, "--version: Version must be 3.1 or 3.0.", "openapi", "--version", "☠")]
    [InlineData(1, "'☠' is not a setting. Write settings as --key=value or --key value.", "serve", "☠")]
    [InlineData(1, "The setting '--☠' has no value.", "--☠")]
    [InlineData(1, "Unrecognized command or argument '☠'.", "users", "☠")]
    [InlineData(1, "Unrecognized command or argument '☠'.", "users", "create", "☠")]
    [InlineData(
        1,
        "--age: '☠' is not a whole number.\n" +
        "--email: Email must not have control characters.\n" +
        "--name: Name must not have control characters or line breaks.\n" +
        "--role: Role must be User or Admin.\n" +
        "--status: Status must be Active or Inactive.",
        "users", "create", "--email", "☠", "--name", "☠", "--age", "☠", "--role", "☠", "--status", "☠")]
    [InlineData(1, "ID: '☠' is not an id: ids are whole numbers from 1.", "users", "get", "☠")]
    [InlineData(1, "ID: '☠' is not an id: ids are whole numbers from 1.", "users", "purge", "☠")]
    [InlineData(
        1,
        "--page-size: '☠' is not a whole number.\n" +
        "--sort: Sort must be one of id, createdAt, updatedAt, email, name, with - before it for descending.\n" +
        "--cursor: Cursor does not belong to this query: start again without it.",
        "users", "list", "--sort", "☠", "--page-size", "☠", "--cursor", "☠")]
    [InlineData(
        1,
        "--email: Email must not have control characters.\n" +
        "--status: Status must be Active or Inactive.\n" +
        "--role: Role must be User or Admin.\n" +
        "--created-from: CreatedFrom must be a time such as 2026-01-31T12:00:00Z (RFC 3339).\n" +
        "--created-before: CreatedBefore must be a time such as 2026-01-31T12:00:00Z (RFC 3339).",
        "users", "export", "--email", "☠", "--status", "☠", "--role", "☠", "--created-from", "☠", "--created-before", "☠")]
    [InlineData(1, "--format: Format must be ndjson or csv.", "users", "export", "--format", "☠")]
    [InlineData(1, "Could not find a part of the path '/nowhere/☠", "users", "export", "--output", "/nowhere/☠")]
    [InlineData(1, "Could not find file '/☠'.", "users", "import", "/☠")]
    [InlineData(1, "FILE: The name of a file must not be empty.", "users", "import", "")]
    [InlineData(1, "--format: Format must be ndjson or csv.", "users", "import", "--format", "☠")]
    [InlineData(1, "Could not find a part of the path '/nowhere/☠'.", "users", "import", "/dev/null", "--errors", "/nowhere/☠")]
    [InlineData(78, "Invalid configuration: urls is '☠' (allowed: ", "--Authentication:AllowAnonymous=true", "--urls=☠")]
    [InlineData(
        70,
        "Unexpected error: Invalid url: '\\u001B[31m \\u0007\\u009B2J \\u202E\\u2066  x'",
        "--Authentication:AllowAnonymous=true", "--Kestrel:Endpoints:A:Url=☠")]
    [InlineData(
        78, "Invalid configuration: Logging:LogLevel:Default is '☠' (allowed: ", "--Authentication:AllowAnonymous=true",
        "--Logging:LogLevel:Default=☠")]
    public async Task Argument_is_printed_without_control_characters(int expected, string start, params string[] typed)
    {
        var (code, output, error) = await RunAsync([], [.. typed.Select(argument => argument.Replace(Here, Hostile, StringComparison.Ordinal))]);
        Assert.Equal((expected, ""), (code, output));
        AssertPlainLines(start, error);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Setting_is_printed_without_control_characters(string setting)
    {
        var (code, _, error) = await RunAsync(
            [], "--Authentication:AllowAnonymous=true", $"--{setting.Replace(Here, Hostile, StringComparison.Ordinal)}", LastSetting);
        Assert.Equal(78, code);
        var lines = error.TrimEnd().Split('\n');
        Assert.InRange(lines.Length, 1, 2); // one for this setting, if it is not allowed, and one for the last
        Assert.All(lines, line => AssertPlainLines("Invalid configuration: ", $"{line}\n"));
    }

    [Theory]
    [InlineData(78, "Invalid configuration: PORT is '☠' (allowed: ", "PORT", "☠", "health")]
    [InlineData(78, "Invalid configuration: ASPNETCORE_URLS is '☠' (allowed: ", "ASPNETCORE_URLS", "☠", "health")]
    [InlineData(78, "Invalid configuration: ASPNETCORE_HTTP_PORTS is '☠' (allowed: ", "ASPNETCORE_HTTP_PORTS", "☠", "health")]
    [InlineData(78, "Invalid configuration: Database:Provider is '☠' (allowed: ", "Database__Provider", "☠", "users list")]
    [InlineData(78, "Invalid configuration: Database:☠ is unknown (allowed: ", "Database__☠", "1", "migrate")]
    [InlineData(
        78, "Invalid configuration: Retention:DeletedUsersDays is '☠' (allowed: ", "Retention__DeletedUsersDays", "☠", "users purge --expired")]
    [InlineData(69, "The database can't be used: ", "ConnectionStrings__CleanUsers", "Data Source='/dev/null/☠'", "users list")]
    [InlineData(69, "The database can't be used: ", "ConnectionStrings__CleanUsers", "Data Source='/dev/null/☠'", "migrate")]
    [InlineData(78, "Invalid configuration: Logging:LogLevel:Default is '☠' (allowed: ", "Logging__LogLevel__Default", "☠", "users list")]
    public async Task Environment_variable_is_printed_without_control_characters(int expected, string start, string name, string value, string typed)
    {
        var (code, output, error) = await RunAsync(
            [(name.Replace(Here, Hostile, StringComparison.Ordinal), value.Replace(Here, Hostile, StringComparison.Ordinal))], typed.Split(' '));
        Assert.Equal((expected, ""), (code, output));
        AssertPlainLines(start, error);
    }

    [Fact]
    public async Task File_content_is_printed_without_control_characters()
    {
        const string member = @"\u001b[31m\r\n\u0000\u0007\u009b2J\u202e\u2028";
        const string shown = @"\u001B[31m\u000D\u000A\u0000\u0007\u009B2J\u202E\u2028";
        const string allowed = "age, createdAt, createdBy, email, name, role, status, updatedAt, updatedBy, version";
        const string inSentence = " [31m     2J\uFFFD "; // sentences that clients read too are cleaned before
        var (ndjson, csv) = (Path.Combine(_folder, "users.ndjson"), Path.Combine(_folder, "users.csv"));
        await File.WriteAllTextAsync(ndjson, $$"""
            {"email":"a@example.org","{{member}}":1}
            {"email":"a@example.org","{{member}}":1,"{{member}}":2}
            {"email":"{{member}}","name":"{{member}}","role":"{{member}}","status":"{{member}}"}
            {"email":"a@example.org","createdBy":"{{member}}","updatedBy":"\ud800"}
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(csv, $"email,\"{Hostile[..5]}\a\u009b\u202e\"\na@example.org,\n", TestContext.Current.CancellationToken);

        var (code, _, error) = await InProcess.RunAsync(_folder, [], "users", "import", ndjson);
        Assert.Equal(1, code);
        AssertPlainLines(9, $"line 1: {shown}: Unknown member '{inSentence}' (allowed: {allowed}).\nline 2: {shown}: ", error);

        (code, _, error) = await InProcess.RunAsync(_folder, [], "users", "import", csv);
        Assert.Equal(1, code);
        AssertPlainLines(@"line 1: Unknown column '\u001B[31m\u0007\u009B\u202E': ", error);
    }

    [Fact]
    public async Task Database_row_is_printed_without_control_characters()
    {
        Assert.Equal(0, (await RunAsync([], "users", "create", "--email", "ada@example.org", "--name", "Ada")).Code);
        await using var connection = new SqliteConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """UPDATE "Users" SET "Name" = $name""";
        command.Parameters.AddWithValue("$name", Hostile);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            (0, $"""
            ID  EMAIL            NAME{new string(' ', Shown.Length - 4)}  AGE  ROLE  STATUS
            1   ada@example.org  {Shown}       User  Active

            """, ""),
            await RunAsync([], "users", "list"));
        Assert.Contains($"\nname       {Shown}\n", (await RunAsync([], "users", "get", "1")).Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString => $"Data Source={Path.Combine(_folder, "users.db")}";

    private Task<(int Code, string Output, string Error)> RunAsync(IEnumerable<(string, string)> environment, params string[] typed) =>
        InProcess.RunAsync([("ASPNETCORE_ENVIRONMENT", "Production"), ("ConnectionStrings__CleanUsers", ConnectionString), .. environment], typed);

    private static void AssertPlainLines(string start, string error) => AssertPlainLines(start.Split('\n').Length, start, error);

    private static void AssertPlainLines(int lines, string start, string error)
    {
        Assert.StartsWith(start.Replace(Here, Shown, StringComparison.Ordinal), error, StringComparison.Ordinal);
        Assert.EndsWith("\n", error, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"[\p{C}\p{Zl}\p{Zp}-[\n]]", error);
        Assert.Equal(lines, error.TrimEnd().Split('\n').Length);
    }
}
