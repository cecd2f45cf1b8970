using System.CommandLine;
using System.Text.Json;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Hosting;
using Microsoft.Data.Sqlite;

namespace CleanUsers.WebApi.Tests;

/// <summary>Users created, read, changed, deleted, restored and purged by commands: the same rules, responses and errors as over HTTP.</summary>
[Collection(nameof(InProcess))]
public sealed class UserCommands : IDisposable
{
    // settings that prevent serving do not affect a command
    private static readonly (string, string)[] WrongForServing = [("Http__MaxBodyBytes", "1")];
    private static readonly (string, string)[] Open = [("Authentication__AllowAnonymous", "true")];

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Fact]
    public async Task JSON_output_of_commands_is_the_body_of_HTTP()
    {
        var created = await RunAsync(
            "create", "--email", "Ünï@Example.org", "--name", "Ünï <'&\">", "--age", "36", "--role", "ADMIN", "--status", "Inactive", "--json");
        Assert.Equal((0, ""), (created.Code, created.Error));
        Assert.Equal(0, (await RunAsync("create", "--email", "bob@example.org")).Code);

        using var service = await OwnProcess.ServeAsync(_folder, Open, "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient();
        Assert.Equal($"{await GetAsync("/api/v1/users/1")}\n", created.Output);
        Assert.Equal((0, created.Output, ""), await RunAsync("get", "1", "--json"));
        Assert.Equal(
            (0, $"{await GetAsync("/api/v1/users?sort=-email&pageSize=1&includeTotal=true")}\n", ""),
            await RunAsync("list", "--sort", "-email", "--page-size", "1", "--include-total", "--json"));
        const string Filters = "email=BOB@example.org&status=active&role=user"
            + "&createdFrom=2026-01-01T00:00:00Z&createdBefore=2999-01-01T00:00:00Z&q=exam";
        Assert.Equal(
            (0, $"{await GetAsync($"/api/v1/users?{Filters}")}\n", ""),
            await RunAsync(
                "list", "--email", "BOB@example.org", "--status", "active", "--role", "user",
                "--created-from", "2026-01-01T00:00:00Z", "--created-before", "2999-01-01T00:00:00Z", "--q", "exam", "--json"));

        Assert.Equal((0, $"{await GetAsync("/api/v1/users/2/history")}\n", ""), await RunAsync("history", "2", "--json"));

        Task<string> GetAsync(string path) => client.GetStringAsync(new Uri(service.Address, path), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task History_is_printed_newest_first_page_by_page_also_in_the_recycle_bin()
    {
        await RunAsync("create", "--email", "ada@example.org");
        await RunAsync("update", "1", "--name", "Ada", "--age", "36");
        var first = await RunAsync("history", "1", "--page-size", "1");
        Assert.Matches(
            @"^VERSION  AT {24}BY +KIND     CHANGED\n2        [0-9TZ:.-]{24}  cli:\S+  updated  name, age\nNext page: --cursor \S+\n$", first.Output);
        var cursor = first.Output.Split("--cursor ")[1].TrimEnd();
        Assert.Matches("\\n1 .* created +email, role, status\\n$", (await RunAsync("history", "1", "--cursor", cursor)).Output);

        await RunAsync("delete", "1");
        Assert.Equal((1, "", "User 1 not found.\n"), await RunAsync("history", "1"));
        Assert.Matches("\\n3 .* deleted\\n", (await RunAsync("history", "1", "--deleted")).Output);
        Assert.Equal(
            (1, "", "--page-size: PageSize must be between 1 and 200.\n--cursor: Cursor does not belong to this query: start again without it.\n"),
            await RunAsync("history", "1", "--page-size", "0", "--cursor", "x"));
    }

    [Fact]
    public async Task Text_output_has_names_and_values()
    {
        await RunAsync("create", "--email", "ada@example.org", "--name", "Ada", "--age", "36");
        await RunAsync("create", "--email", "bob@example.org");
        var (code, output, error) = await RunAsync("get", "1");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith(
            "id         1\nemail      ada@example.org\nname       Ada\nage        36\nrole       User\nstatus     Active\ncreatedAt  20", output,
            StringComparison.Ordinal);

        var first = (await RunAsync("list", "--page-size", "1", "--include-total")).Output.Split('\n');
        Assert.Equal(
            "ID  EMAIL            NAME  AGE  ROLE  STATUS\n1   ada@example.org  Ada   36   User  Active\n2 in total", string.Join('\n', first[..3]));
        var cursor = first[3]["Next page: --cursor ".Length..];
        Assert.Equal(
            (0, "ID  EMAIL            NAME  AGE  ROLE  STATUS\n2   bob@example.org             User  Active\n", ""),
            await RunAsync("list", "--page-size", "1", "--cursor", cursor));
    }

    [Fact]
    public async Task Caller_of_a_command_is_the_user_of_the_operating_system()
    {
        await RunAsync("create", "--email", "ada@example.org");
        await RunAsync("delete", "1");
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "data", "cleanusers.db")};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT \"CreatedBy\" || ' ' || \"DeletedBy\" FROM \"Users\"";
        Assert.Equal(
            $"cli:{Environment.UserName} cli:{Environment.UserName}", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Equal(255, OperatingSystemCaller.Of(new string('u', 300)).Length);
    }

    [Theory]
    [InlineData(
        "create --name  --age old --role Boss --status ", "--age: 'old' is not a whole number.", "--email: Email is required.",
        "--name: Name must have 1 to 200 characters, or be null.", "--role: Role must be User or Admin.",
        "--status: Status must be Active or Inactive.")]
    [InlineData("create --email ada@example.org --age 151", "--age: Age must be between 0 and 150.")]
    [InlineData(
        "list --page-size many --sort age --created-from now --cursor x", "--page-size: 'many' is not a whole number.",
        "--sort: Sort must be one of id, createdAt, updatedAt, email, name, with - before it for descending.",
        "--created-from: CreatedFrom must be a time such as 2026-01-31T12:00:00Z (RFC 3339).",
        "--cursor: Cursor does not belong to this query: start again without it.")]
    [InlineData(
        "list --q a\u0001b",
        "--q: Q must be Unicode text without control characters, line breaks or characters that override the direction of text.")]
    [InlineData("get 0", "ID: '0' is not an id: ids are whole numbers from 1.")]
    [InlineData("get 007", "ID: '007' is not an id: ids are whole numbers from 1.")]
    [InlineData(
        "update x --email a --name  --age old --role Boss --status  --if-version one", "ID: 'x' is not an id: ids are whole numbers from 1.",
        "--if-version: 'one' is not a whole number.", "--age: 'old' is not a whole number.", "--email: Email must have an @.",
        "--name: Name must have 1 to 200 characters, or be null.", "--role: Role must be User or Admin.",
        "--status: Status must be Active or Inactive.")]
    [InlineData("update 1 --name Ada --clear-name", "--name and --clear-name can't be used together.")]
    [InlineData("update 1 --clear-age --age 36", "--age and --clear-age can't be used together.")]
    [InlineData("delete 1 --if-version one", "--if-version: 'one' is not a whole number.")]
    [InlineData("restore 0 --email a", "ID: '0' is not an id: ids are whole numbers from 1.", "--email: Email must have an @.")]
    [InlineData("purge x", "ID: 'x' is not an id: ids are whole numbers from 1.")]
    public async Task All_errors_are_printed_each_on_one_line_with_its_option(string typed, params string[] errors)
    {
        var (code, output, error) = await RunAsync(typed.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(errors, error.TrimEnd().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(_folder)); // rejected before any database was opened or created
    }

    [Fact]
    public async Task Rejected_command_prints_one_sentence_and_exits_with_1()
    {
        await RunAsync("create", "--email", "ada@example.org");
        Assert.Equal((1, "", "Another user has this email address.\n"), await RunAsync("create", "--email", "ADA@example.org"));
        Assert.Equal((1, "", "User 7 not found.\n"), await RunAsync("get", "7"));
        Assert.Equal((1, "", "User 1 is not deleted. Delete it first: users delete 1.\n"), await RunAsync("purge", "1"));
        Assert.Equal((1, "", "User 1 is not deleted.\n"), await RunAsync("restore", "1"));
        foreach (var command in (string[])["update", "delete", "restore", "purge"])
            Assert.Equal((1, "", "User 7 not found.\n"), await RunAsync(command, "7"));
        Assert.Equal(
            (1, "", "--cursor: Cursor does not belong to this query: start again without it.\n"),
            await RunAsync("list", "--cursor", "c_OpYcXyWs4yOjE3OTU0MDE4MDQzOTA"));
    }

    [Fact]
    public async Task Update_changes_only_what_its_options_name()
    {
        await RunAsync("create", "--email", "ada@example.org", "--name", "Ada", "--age", "36", "--role", "Admin");
        await UpdateAsync("ada@example.org Ada 36 Admin Inactive 2", "--status", "inactive");
        await UpdateAsync("ada@example.org  36 Admin Inactive 3", "--clear-name");
        await UpdateAsync(
            "Ada@Example.org Countess  User Inactive 4", "--email", "Ada@Example.org", "--name", "Countess", "--clear-age", "--role", "User");
        await UpdateAsync("Ada@Example.org Countess  User Inactive 4"); // nothing to change: still version 4

        Assert.StartsWith("id         1\nemail      Ada@Example.org\n", (await RunAsync("update", "1")).Output, StringComparison.Ordinal);
        await RunAsync("create", "--email", "bob@example.org");
        Assert.Equal((1, "", "Another user has this email address.\n"), await RunAsync("update", "1", "--email", "bob@example.org"));

        async Task UpdateAsync(string expected, params string[] options)
        {
            var (code, output, error) = await RunAsync(["update", "1", .. options, "--json"]);
            Assert.Equal((0, ""), (code, error));
            var user = JsonElement.Parse(output);
            string[] members = ["email", "name", "age", "role", "status", "version"];
            Assert.Equal(expected, string.Join(' ', members.Select(member => $"{user.GetProperty(member)}")));
            Assert.Equal(output, (await RunAsync("get", "1", "--json")).Output);
        }
    }

    [Fact]
    public async Task Deleted_user_is_restored_under_its_address_or_another()
    {
        await RunAsync("create", "--email", "ada@example.org");
        Assert.Equal((0, "User 1 was deleted.\n", ""), await RunAsync("delete", "1"));
        foreach (var command in (string[])["get", "update", "delete"])
            Assert.Equal((1, "", "User 1 not found.\n"), await RunAsync(command, "1"));
        var restored = await RunAsync("restore", "1", "--json");
        Assert.Equal((0, ""), (restored.Code, restored.Error));
        Assert.Equal(restored.Output, (await RunAsync("get", "1", "--json")).Output);

        await RunAsync("delete", "1");
        await RunAsync("create", "--email", "ada@example.org");
        Assert.Equal((1, "", "Another user has this email address.\n"), await RunAsync("restore", "1"));
        Assert.StartsWith(
            "id         1\nemail      ada1@example.org\n", (await RunAsync("restore", "1", "--email", "ada1@example.org")).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_of_another_version_than_if_version_are_rejected()
    {
        await RunAsync("create", "--email", "ada@example.org");
        Assert.Equal(0, (await RunAsync("update", "1", "--age", "36", "--if-version", "1")).Code);
        await RejectedAsync(2, "update", "--age", "37");
        await RejectedAsync(2, "delete");
        Assert.Equal((0, "User 1 was deleted.\n", ""), await RunAsync("delete", "1", "--if-version", "2"));
        await RejectedAsync(3, "restore");
        Assert.Equal(0, (await RunAsync("restore", "1", "--if-version", "3")).Code);

        async Task RejectedAsync(int version, string command, params string[] options) => Assert.Equal(
            (1, "", $"The user has version {version}, which does not meet the condition.\n"),
            await RunAsync([command, "1", .. options, "--if-version", "1"]));
    }

    [Fact]
    public async Task Purge_erases_a_user_in_the_recycle_bin()
    {
        await RunAsync("create", "--email", "ada@example.org");
        await RunAsync("delete", "1");
        Assert.Equal((0, "User 1 was erased.\n", ""), await RunAsync("purge", "1"));
        Assert.Equal((1, "", "User 1 not found.\n"), await RunAsync("purge", "1"));
    }

    [Fact]
    public async Task Purge_of_expired_users_erases_no_other_users()
    {
        (string, string)[] thirtyDays = [("Retention__DeletedUsersDays", "30")];
        foreach (var email in (string[])["old@example.org", "recent@example.org", "here@example.org"]) await RunAsync("create", "--email", email);
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "data", "cleanusers.db")};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var (id, days) in ((int, int)[])[(1, 31), (2, 29)])
        {
            var deletedAt = TimeProvider.System.GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds();
            await ExecuteAsync($"""UPDATE "Users" SET "DeletedAt" = {deletedAt}, "DeletedBy" = 'eve' WHERE "Id" = {id}""");
        }

        Assert.Equal(
            (1, "", "--expired: Deleted users never expire, because Retention:DeletedUsersDays is not set.\n"), await RunAsync("purge", "--expired"));
        Assert.Equal((0, "1 users were erased.\n", ""), await InProcess.RunAsync(_folder, thirtyDays, "users", "purge", "--expired"));
        Assert.Equal((0, "0 users were erased.\n", ""), await InProcess.RunAsync(_folder, thirtyDays, "users", "purge", "--expired"));
        Assert.Equal("2,3", await ExecuteAsync("""SELECT GROUP_CONCAT("Id") FROM "Users" """));

        async Task<object?> ExecuteAsync(string statement)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("purge")]
    [InlineData("purge 1 --expired")]
    public async Task Purge_needs_either_an_id_or_expired(string typed) =>
        Assert.Equal((1, "", "Either an ID or --expired is required, and not both.\n"), await RunAsync(typed.Split(' ')));

    [Fact]
    public async Task Read_command_creates_no_database()
    {
        var (code, output, error) = await RunAsync("list");
        Assert.Equal((69, ""), (code, output));
        Assert.StartsWith("The database can't be used: ", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Database_without_a_schema_is_69_with_a_hint()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        await File.WriteAllBytesAsync(Path.Combine(_folder, "data", "cleanusers.db"), [], TestContext.Current.CancellationToken);
        const string Hint = "it has no schema, or not that of this program. Check ConnectionStrings:CleanUsers and the folder, or run migrate.";
        Assert.Equal((69, "", $"The database can't be used: {Hint}\n"), await RunAsync("list"));
    }

    [Fact]
    public async Task Invalid_configuration_is_78() => Assert.Equal(
        (78, "", "Invalid configuration: Database:Provider is 'Oracle' (allowed: Sqlite, SqlServer, PostgreSql).\n"),
        await InProcess.RunAsync(_folder, [("Database__Provider", "Oracle")], "users", "list"));

    public static TheoryData<string> Commands => [.. ProgramCommands.OfUsers];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_users_command_has_help_with_an_example(string command)
    {
        var (code, output, error) = await RunAsync(command, "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"Example:\n  {RootCommand.ExecutableName} users {command}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_subcommand_lists_the_subcommands()
    {
        var (code, output, error) = await RunAsync();
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("The subcommand is missing: create, get, list, ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/openapi/v1-3.0.json", "--version", "3.0")]
    public async Task Openapi_prints_the_document_that_HTTP_serves(string path, params string[] options)
    {
        LongTest.SkipUnlessDemanded();
        var (code, output, error) = await OwnProcess.RunAsync(_folder, [("Database__Provider", "Oracle")], ["openapi", .. options]);
        Assert.Equal((0, ""), (code, error));
        using var service = await OwnProcess.ServeAsync(_folder, Open, "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient();
        Assert.Equal(await client.GetStringAsync(new Uri(service.Address, path), TestContext.Current.CancellationToken), output);
    }

    [Fact]
    public async Task Openapi_rejects_an_unknown_version() => Assert.Equal(
        (1, "", "--version: Version must be 3.1 or 3.0.\n"), await InProcess.RunAsync(_folder, [], "openapi", "--version", "2.0"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] typed) =>
        InProcess.RunAsync(_folder, WrongForServing, ["users", .. typed]);
}
