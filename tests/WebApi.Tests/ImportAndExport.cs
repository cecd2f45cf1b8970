using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>Files of users in and out by commands, on a database of its own for each test.</summary>
[Collection(nameof(InProcess))]
public abstract class ImportAndExport(TestDatabase database, TestDatabase another) : IAsyncLifetime
{
    private const int Many = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    private static string Assembly => typeof(global::Program).Assembly.Location;

    private static string Program => $"dotnet '{Assembly}'";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await database.CreateAsync();
        await another.CreateAsync();
    }

    [Fact]
    public async Task Rejected_lines_are_reported_and_the_others_are_imported()
    {
        await WriteAsync(
            "users.ndjson",
            """{"email":"ada@example.org","name":"Ada","age":36,"role":"admin"}""",
            """{"email":"noaddress","name":"","age":"old","emial":1}""",
            "no JSON",
            """{"email":"bob@example.org"}""");
        const string Allowed = "age, createdAt, createdBy, email, name, role, status, updatedAt, updatedBy, version";
        var (code, output, error) = await RunAsync("import", "users.ndjson", "--errors", "rejected.ndjson", "--json");
        Assert.Equal((1, """{"added":2,"replaced":0,"unchanged":0,"alreadyThere":0,"refused":2,"blank":0}"""), (code, output.TrimEnd()));
        Assert.Equal(
            $"""
            line 2: age: Member 'age' must be a whole number or null, not a string.
            line 2: emial: Unknown member 'emial' (allowed: {Allowed}).
            line 2: email: Email must have an @.
            line 2: name: Name must have 1 to 200 characters, or be null.
            line 3: The line is not JSON that can be read (at most 32 levels deep): line 1, byte 2.
            """,
            error.TrimEnd());
        Assert.Equal(
            [
                """{"line":2,"errors":[{"member":"age","code":"wrong-type","detail":"Member 'age' must be a whole number or null, not a string."},"""
                + $$"""{"member":"emial","code":"unknown-member","detail":"Unknown member 'emial' (allowed: {{Allowed}})."},"""
                + """{"member":"email","code":"invalid-email","detail":"Email must have an @."},"""
                + """{"member":"name","code":"too-short","detail":"Name must have 1 to 200 characters, or be null."}]}""",
                """{"line":3,"errors":[{"code":"invalid-json","""
                + "\"detail\":\"The line is not JSON that can be read (at most 32 levels deep): line 1, byte 2.\"}]}",
            ],
            await File.ReadAllLinesAsync(Path.Combine(_folder, "rejected.ndjson"), Ct));
        Assert.StartsWith("ID  EMAIL            NAME  AGE  ROLE   STATUS\n", (await RunAsync("list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repeated_import_skips_or_with_update_replaces_existing_users()
    {
        await WriteAsync(
            "users.csv", "email,name,role,status", "ada@example.org,Ada,User,Active", "bob@example.org,Bob,User,Active",
            "ADA@example.org,Twice,User,Active");
        Assert.Equal((0, Counts(added: 2, there: 1), ""), await RunAsync("import", "users.csv"));
        Assert.Equal((0, Counts(there: 3), ""), await RunAsync("import", "users.csv"));

        await WriteAsync(
            "users.csv", "email,name,role,status", "ada@example.org,Ada,User,Active", "bob@example.org,Robert,Admin,Active",
            "carol@example.org,,User,Active", "dan@example.org,,,");
        Assert.Equal(
            (1, Counts(added: 1, replaced: 1, unchanged: 1, rejected: 1)), Without(await RunAsync("import", "users.csv", "--update", "--dry-run")));
        Assert.Equal(2, await CountAsync());
        var (code, output, error) = await RunAsync("import", "users.csv", "--update");
        Assert.Equal(
            (1, Counts(added: 1, replaced: 1, unchanged: 1, rejected: 1),
                "line 5: role: Role is required: User or Admin.\nline 5: status: Status is required: Active or Inactive.\n"), (code, output, error));
        Assert.Contains("bob@example.org,Robert,,Admin,Active,", await ExportAsync("csv"), StringComparison.Ordinal);

        static (int Code, string Output) Without((int Code, string Output, string Error) run) => (run.Code, run.Output);
    }

    [Fact]
    public async Task Each_line_that_changes_a_user_leaves_its_record()
    {
        await WriteAsync(
            "users.csv", "email,name,role,status,version,updatedBy", "ada@example.org,Ada,User,Active,7,carol", "ADA@example.org,Bea,User,Active,,",
            "ada@example.org,Ada,User,Active,,");
        Assert.Equal((0, Counts(added: 1, replaced: 2), ""), await RunAsync("import", "users.csv", "--update"));
        Assert.Equal(9, await CountAsync("""SELECT "Version" FROM "Users" """));
        Assert.Equal(
            3, await CountAsync("""SELECT COUNT(*) FROM "UserChanges" WHERE "Version" = 7 AND "UpdatedBy" = 'carol' OR "Version" IN (8, 9)"""));
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    public async Task Export_imported_into_another_database_is_exported_as_the_same_bytes(string format)
    {
        LongTest.SkipUnlessDemanded();
        await WriteAsync("users.ndjson", [.. Lines(5_000).Select((line, i) => i % 3 == 0 ? line : line.TrimEnd('}') +
            """,  "name":"'=Zoë \"Q\", 漢","role":"Admin","status":"Inactive",""" + '"' +
            """createdAt":"2020-02-29T23:59:59.999Z","createdBy":"-eve","updatedAt":"2021-01-01T00:00:00Z","updatedBy":"@bob","version":3}""")]);
        Assert.Equal(0, (await RunAsync("import", "users.ndjson")).Code);
        Assert.Equal((0, "", ""), await RunAsync("export", "--output", $"first.{format}"));
        Assert.Equal((0, Counts(added: 5_000), ""), await RunOnAsync(another, "import", $"first.{format}"));
        Assert.Equal((0, "", ""), await RunOnAsync(another, "export", "--output", $"second.{format}"));
        var first = await File.ReadAllBytesAsync(Path.Combine(_folder, $"first.{format}"), Ct);
        Assert.Equal(first, await File.ReadAllBytesAsync(Path.Combine(_folder, $"second.{format}"), Ct));
        Assert.Equal(Encoding.UTF8.GetString(first), (await ShellAsync($"users export --format {format}")).Output);
        Assert.Equal(
            ["first.", "second.", "users."], Directory.GetFiles(_folder).Select(file => Path.GetFileNameWithoutExtension(file) + ".").Order());
    }

    [Fact]
    public async Task Import_reads_standard_input()
    {
        LongTest.SkipUnlessDemanded();
        await WriteAsync("users.csv", "email", "ada@example.org");
        Assert.Equal((0, Counts(added: 1), ""), await ShellAsync("users import - --format csv < users.csv"));
        Assert.Equal((0, "1\n", ""), await ShellAsync("users export | users import - --dry-run > counts; sed -n 's/already there *//p' counts"));
    }

    [Fact]
    public async Task Import_killed_and_run_again_is_complete_without_duplicates()
    {
        LongTest.SkipUnlessDemanded();
        await WriteAsync("users.ndjson", [.. Lines(Many)]);
        Assert.Equal(0, (await RunAsync("import", "/dev/null")).Code); // makes the schema
        using (var pipe = Start("mkfifo", "pipe.ndjson")) Assert.Equal(0, await pipe.WaitForExitAsync(Ct));
        using (var import = Start("dotnet", Assembly, "users", "import", "pipe.ndjson"))
        {
            // it waits for the second half: so it is in the middle when it is killed, however slow this machine is
            await using var half = new FileStream(Path.Combine(_folder, "pipe.ndjson"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            foreach (var line in Lines(Many / 2)) await half.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), Ct);
            await half.FlushAsync(Ct);
            while (await CountAsync() == 0 && !import.HasExited) await Task.Delay(5, Ct);
            import.Kill(); // SIGKILL
            await import.WaitForExitAsync(Ct);
        }

        var there = await CountAsync();
        Assert.InRange(there, 1, Many - 1);
        var (code, output, error) = await RunAsync("import", "users.ndjson");
        Assert.Equal((0, Counts(added: Many - there, there: there), ""), (code, output, error));
        Assert.Equal(Many, await CountAsync());
        Assert.Equal(Many, await CountAsync("""SELECT COUNT(DISTINCT "EmailKey") FROM "Users" WHERE "DeletedAt" IS NULL"""));
        foreach (var table in (string[])["UserWords", "UserChanges"])
            Assert.Equal(0, await CountAsync($"""SELECT COUNT(*) FROM "Users" WHERE NOT EXISTS (SELECT 1 FROM "{table}" WHERE "UserId" = "Id")"""));
    }

    [Theory]
    [InlineData(15, 0, 130, "Interrupted.\n")]
    [InlineData(2, 0, 130, "Interrupted.\n")]
    [InlineData(9, 1, 137, "")]
    public async Task Interrupted_export_leaves_the_previous_file(int signal, int partial, int code, string error)
    {
        LongTest.SkipUnlessDemanded();
        await WriteAsync("users.ndjson", [.. Lines(Many)]);
        Assert.Equal(0, (await RunAsync("import", "users.ndjson")).Code);
        // on a busy machine an export can be complete before the signal: then again
        var outcome = (Code: 0, Error: "");
        for (var attempt = 1; attempt <= 20 && outcome.Code == 0; attempt++)
        {
            await WriteAsync("export.ndjson", "of yesterday");
            // if a shell runs these tests in the background, they ignore SIGINT, and so would their children
            using var export = Start("env", "--default-signal=INT", "dotnet", Assembly, "users", "export", "--output", "export.ndjson");
            while (Directory.GetFiles(_folder, "*.partial").Length == 0 && !export.HasExited) await Task.Delay(1, Ct);
            export.TrySignal(signal);
            outcome = (await export.WaitForExitAsync(Ct), await export.Error);
        }

        Assert.Equal((code, error), outcome);
        Assert.Equal(partial, Directory.GetFiles(_folder, "*.partial").Length);
        Assert.Equal("of yesterday\n", await File.ReadAllTextAsync(Path.Combine(_folder, "export.ndjson"), Ct));
    }

    [Theory]
    [InlineData(
        "ndjson",
        """{"email":"a@example.org"}""",
        """{"email":"b@example.org","createdBy":"eve\u202e"}""",
        """{"email":"c@example.org","updatedBy":"eve\u2028"}""",
        """{"email":"d@example.org","createdBy":"eve\ud800"}""",
        "invalid-text")]
    [InlineData(
        "csv",
        "email,createdBy,updatedBy\na@example.org,,",
        "b@example.org,eve\u202e,",
        "c@example.org,,eve\u2028",
        "d@example.org,eve☠,",
        "invalid-utf-8")]
    public async Task CreatedBy_and_updatedBy_of_a_file_must_be_plain_text(
        string format, string good, string overriding, string breaking, string half, string code)
    {
        var lines = string.Join('\n', good, overriding, breaking, half);
        // the UTF-8 encoding of U+D800, which an attribute can't hold
        byte[] bytes = [.. lines.SelectMany(c => c == '☠' ? [0xED, 0xA0, 0x80] : Encoding.UTF8.GetBytes([c]))];
        await File.WriteAllBytesAsync(Path.Combine(_folder, $"users.{format}"), bytes, Ct);
        var imported = await RunAsync("import", $"users.{format}", "--errors", "rejected.ndjson");
        Assert.Equal((1, Counts(added: 1, rejected: 3)), (imported.Code, imported.Output));
        Assert.Equal(
            [("createdBy", "invalid-character"), ("updatedBy", "invalid-character"), ("createdBy", code)],
            (await File.ReadAllLinesAsync(Path.Combine(_folder, "rejected.ndjson"), Ct)).Select(line =>
            {
                var error = Assert.Single(JsonElement.Parse(line).GetProperty("errors").EnumerateArray());
                return (error.GetProperty("member").GetString(), error.GetProperty("code").GetString());
            }));
    }

    [Fact]
    public async Task File_in_UTF_16_is_rejected_by_name_and_a_pipe_is_read()
    {
        LongTest.SkipUnlessDemanded();
        await File.WriteAllTextAsync(Path.Combine(_folder, "utf16.csv"), "email\r\nada@example.org\r\n", Encoding.Unicode, Ct);
        const string wrongEncoding = "line 1: The file is in UTF-16 (it starts with the byte order mark FF FE). Save it as UTF-8.\n";
        Assert.Equal((1, Counts(rejected: 1), wrongEncoding), await RunAsync("import", "utf16.csv"));
        Assert.Equal((0, Counts(added: 1), ""), await ShellAsync("mkfifo pipe; printf '{\"email\":\"ada@example.org\"}' > pipe & users import pipe"));
    }

    [Theory]
    [InlineData("import nowhere.ndjson", "nowhere.ndjson")]
    [InlineData("import users.ndjson --errors users.ndjson", "users.ndjson")]
    [InlineData("import users.ndjson --errors nowhere/rejected.ndjson", "nowhere/rejected.ndjson")]
    [InlineData("export --output nowhere/users.ndjson", "nowhere/users.ndjson")]
    [InlineData("import --format xml", "--format: Format must be ndjson or csv.")]
    [InlineData("export --status gone", "--status: Status must be Active or Inactive.")]
    public async Task Command_that_can_not_be_executed_prints_one_line(string typed, string message)
    {
        await WriteAsync("users.ndjson", """{"email":"ada@example.org"}""");
        Assert.Equal(0, (await RunAsync("import", "users.ndjson")).Code);
        var (code, output, error) = await RunAsync(typed.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(message, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Export_has_the_filters_of_a_list()
    {
        await WriteAsync("users.ndjson", """{"email":"ada@example.org","role":"Admin"}""", """{"email":"bob@example.org"}""");
        await RunAsync("import", "users.ndjson");
        var exported = await ExportAsync("ndjson", "--role", "admin", "--q", "exam");
        Assert.Contains("ada@", Assert.Single(exported.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_says_what_it_does_not_have()
    {
        await WriteAsync("users.ndjson", """{"email":"ada@example.org"}""", """{"email":"bob@example.org"}""");
        await RunAsync("import", "users.ndjson");
        await CountAsync("""INSERT INTO "ScimUsers" ("UserId", "Attributes") SELECT "Id", '{}' FROM "Users" """);
        var (code, _, error) = await RunAsync("export", "--output", "all.ndjson");
        Assert.Equal(0, code);
        Assert.StartsWith("Not exported: what only SCIM has of a user, such as userName and externalId.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_on_a_terminal_shows_a_progress_bar_below_rejected_lines()
    {
        LongTest.SkipUnlessDemanded();
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script(1) is not installed");
        await WriteAsync("users.ndjson", [.. Lines(Many), "no JSON"]);
        var (_, output, _) = await ShellAsync($"TERM=xterm script --quiet --return --command \"{Program} users import users.ndjson\" /dev/null");
        Assert.Contains("━", output, StringComparison.Ordinal);
        Assert.Contains("lines", output, StringComparison.Ordinal);
        Assert.Contains($"line {Many + 1}: The line is not JSON", output, StringComparison.Ordinal);
        Assert.DoesNotContain("━", (await ShellAsync("users import users.ndjson 2>&1")).Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await another.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static string Counts(long added = 0, long replaced = 0, long unchanged = 0, long there = 0, long rejected = 0, long blank = 0) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"added          {added}\nreplaced       {replaced}\nunchanged      {unchanged}\nalready there  {there}\nrejected       {rejected}\n"
            + $"blank          {blank}\n");

    private static IEnumerable<string> Lines(int count) => Enumerable.Range(0, count).Select(i => $$"""{"email":"user{{i}}@example.org"}""");

    private Task WriteAsync(string file, params string[] lines) => File.WriteAllLinesAsync(Path.Combine(_folder, file), lines, Ct);

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] typed) => RunOnAsync(database, typed);

    private Task<(int Code, string Output, string Error)> RunOnAsync(TestDatabase target, params string[] typed)
    {
        target.SkipWhereAbsent();
        return InProcess.RunAsync(_folder, target.Settings, ["users", .. typed]);
    }

    private async Task<string> ExportAsync(string format, params string[] options)
    {
        var file = $"{Guid.NewGuid():N}.{format}";
        Assert.Equal((0, "", ""), await RunAsync(["export", "--output", file, .. options]));
        return await File.ReadAllTextAsync(Path.Combine(_folder, file), Ct);
    }

    /// <summary>Runs a shell command; <c>users</c> is the program's command of that name.</summary>
    private async Task<(int Code, string Output, string Error)> ShellAsync(string typed)
    {
        using var process = Start("/bin/sh", "-c", $"users() {{ {Program} users \"$@\"; }}; {typed}");
        var output = await process.Output.ReadToEndAsync(Ct);
        return (await process.WaitForExitAsync(Ct), output, await process.Error);
    }

    private ChildProcess Start(string program, params string[] arguments)
    {
        database.SkipWhereAbsent();
        return ChildProcess.Start(
            program, arguments, _folder, [("ASPNETCORE_ENVIRONMENT", "Production"), ("DOTNET_TieredPGO", "0"), .. database.Settings]);
    }

    private async Task<long> CountAsync(string query = """SELECT COUNT(*) FROM "Users" """)
    {
        await using DbConnection connection = database.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteConnection(database.ConnectionString),
            DatabaseProvider.SqlServer => new SqlConnection(database.ConnectionString),
            DatabaseProvider.PostgreSql => new NpgsqlConnection(database.ConnectionString),
        };
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // ours
        command.CommandText = query;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(Ct), CultureInfo.InvariantCulture);
    }
}

public sealed class ImportAndExportOnSqlite() : ImportAndExport(new SqliteTestDatabase(), new SqliteTestDatabase());

public sealed class ImportAndExportOnSqlServer() : ImportAndExport(new SqlServerTestDatabase(), new SqlServerTestDatabase());

public sealed class ImportAndExportOnPostgreSql() : ImportAndExport(new PostgreSqlTestDatabase(), new PostgreSqlTestDatabase());
