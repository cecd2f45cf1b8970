using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Commands against a database that rejects a statement: neither an outage (69) nor wrong input (1). They end with one line and 70 (EX_SOFTWARE).
/// </summary>
[Collection(nameof(InProcess))]
public abstract class UnexpectedErrors(TestDatabase database, string readError, string nameTaken) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Makes the database reject every insert and delete of a user, with the word boom.</summary>
    protected abstract IEnumerable<string> RejectWrites { get; }

    /// <summary>An expression that the database fails to compute for every user.</summary>
    protected abstract string Incomputable { get; }

    /// <summary>The columns of a table that * leaves out and the service reads.</summary>
    protected virtual string SystemColumns => "";

    /// <summary>The driver's message for boom.</summary>
    protected abstract string Boom { get; }

    public async ValueTask InitializeAsync() => await database.CreateAsync();

    [Fact]
    public async Task Failed_write_prints_one_line_and_exits_with_70()
    {
        var file = Path.Combine(_folder, "users.ndjson");
        await File.WriteAllTextAsync(file, """{"email":"ada@example.org","createdAt":"2020-01-01T00:00:00Z"}""", Ct);
        Assert.Equal(0, (await RunAsync("users", "import", file)).Code);
        await ExecuteAsync("""UPDATE "Users" SET "DeletedAt" = "CreatedAt", "DeletedBy" = 'eve'""");
        foreach (var statement in RejectWrites) await ExecuteAsync(statement);
        var message = $"Unexpected error: {Boom}\n";
        Assert.Equal((70, "", message), await RunAsync("users", "create", "--email", "eve@example.org"));
        Assert.Equal((70, "", message), await RunAsync("users", "purge", "1"));
        Assert.Equal((70, "", message), await RunAsync("users", "purge", "--expired"));

        await File.WriteAllTextAsync(file, "no JSON\n{\"email\":\"eve@example.org\"}\n", Ct);
        var (code, output, error) = await RunAsync("users", "import", file);
        Assert.Equal((70, ""), (code, output));
        Assert.Equal($"line 1: The line is not JSON that can be read (at most 32 levels deep): line 1, byte 2.\n{message}", error);
    }

    [Fact]
    public async Task Failed_read_prints_one_line_and_exits_with_70()
    {
        Assert.Equal(0, (await RunAsync("users", "create", "--email", "ada@example.org")).Code);
        await ExecuteAsync("""ALTER TABLE "Users" RENAME TO "People" """);
        await ExecuteAsync($"""CREATE VIEW "Users" AS SELECT *{SystemColumns} FROM "People" WHERE {Incomputable}""");
        var export = Path.Combine(_folder, "users.csv");
        var message = $"Unexpected error: {readError}\n";
        Assert.Equal((70, "", message), await RunAsync("users", "get", "1"));
        Assert.Equal((70, "", message), await RunAsync("users", "list"));
        Assert.Equal((70, "", message), await RunAsync("users", "export", "--output", export));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("users create --email ada@example.org")]
    [InlineData("--Authentication:AllowAnonymous=true --urls=http://127.0.0.1:0")]
    public async Task Failed_migration_prints_one_line_and_exits_with_70(string typed)
    {
        await ExecuteAsync("""CREATE VIEW "Users" AS SELECT 1 AS "Id" """);
        Assert.Equal((70, "", $"Unexpected error: {nameTaken}\n"), await RunAsync(typed.Split(' ')));
    }

    [Fact]
    public async Task Stack_trace_is_in_the_log_when_the_log_is_configured()
    {
        await ExecuteAsync("""CREATE VIEW "Users" AS SELECT 1 AS "Id" """);
        var (code, output, error) = await InProcess.RunAsync([.. Settings, ("Logging__Console__LogLevel__Default", "Error")], "migrate");
        Assert.Equal((70, ""), (code, output));
        Assert.Contains("   at CleanUsers.", error, StringComparison.Ordinal);
        Assert.EndsWith($"Unexpected error: {nameTaken}\n", error, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private (string, string)[] Settings =>
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        .. database.Settings,
        ("Retention__DeletedUsersDays", "30"),
    ];

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] typed)
    {
        database.SkipWhereAbsent();
        return InProcess.RunAsync(Settings, typed);
    }

    private async Task ExecuteAsync(string statement)
    {
        database.SkipWhereAbsent();
        await using DbConnection connection = database.Provider == DatabaseProvider.Sqlite
            ? new SqliteConnection(database.ConnectionString)
            : new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // ours
        command.CommandText = statement;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Ct);
    }
}

public sealed class UnexpectedErrorsOnSqlite() : UnexpectedErrors(
    new SqliteTestDatabase(), "SQLite Error 1: 'integer overflow'.", "SQLite Error 1: 'view \"Users\" already exists'.")
{
    protected override IEnumerable<string> RejectWrites =>
    [
        """CREATE TRIGGER "inserts" BEFORE INSERT ON "Users" BEGIN SELECT RAISE(ABORT, 'boom'); END""",
        """CREATE TRIGGER "deletes" BEFORE DELETE ON "Users" BEGIN SELECT RAISE(ABORT, 'boom'); END""",
    ];

    protected override string Incomputable => "abs(\"Id\" * 0 - 9223372036854775807 - 1) > 0";

    protected override string Boom => "SQLite Error 19: 'boom'.";
}

public sealed class UnexpectedErrorsOnPostgreSql() : UnexpectedErrors(
    new PostgreSqlTestDatabase(), "22012: division by zero", "42P07: relation \"Users\" already exists")
{
    protected override IEnumerable<string> RejectWrites =>
    [
        "CREATE FUNCTION boom() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''boom''; END'",
        """CREATE TRIGGER "writes" BEFORE INSERT OR DELETE ON "Users" FOR EACH ROW EXECUTE FUNCTION boom()""",
    ];

    protected override string Incomputable => "1 / (\"Id\" * 0) > 0";

    protected override string SystemColumns => ", xmin";

    protected override string Boom => "P0001: boom";
}
