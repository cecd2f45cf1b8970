using System.Data.Common;
using System.Text;

namespace CleanUsers.WebApi.Tests;

/// <summary>After a purge no text of the user is left: not in a table, not in the file of an embedded database.</summary>
public abstract class PurgedUsers(Service service)
{
    // in each text of the user, and in no other text
    private const string Mark = "zyxpurgedzyx";

    private readonly Service _service = service.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_a_purged_user_is_left_in_the_database()
    {
        var created = await _service.SendAsync(
            "POST", "/api/v1/users", $$"""{"email":"{{Mark}}@example.org","name":"{{Mark}} One"}""", ("Idempotency-Key", "purge"));
        var id = created.Is(201)["id"].GetInt64();
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", $$"""{"email":"{{Mark}}2@example.org","name":"{{Mark}} Two"}""")).Is(200);
        (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", $$"""{"subject":"Hello {{Mark}}","text":"Dear {{Mark}}"}""")).Is(201);
        (await _service.SendAsync("PUT", $"/scim/v2/Users/{id}", $$$"""
            {"userName":"{{{Mark}}}","externalId":"{{{Mark}}}","title":"{{{Mark}}}","name":{"givenName":"{{{Mark}}}"},
             "emails":[{"value":"{{{Mark}}}3@example.org","primary":true},{"value":"{{{Mark}}}4@example.org"}]}
            """)).Is(200);
        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        Assert.NotEmpty(await FindAsync());
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).Is(204);
        Assert.Empty(await FindAsync());
        Assert.DoesNotContain(Mark, (await _service.GetAsync("/api/v1/changes?pageSize=200")).Is(200).Body, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Where the mark is.</summary>
    private async Task<List<string>> FindAsync()
    {
        var found = new List<string>();
        await using var connection = _service.ConnectToDatabase();
        await connection.OpenAsync(Ct);
        var tables = await ReadAsync(connection, Tables);
        Assert.Superset(
            new HashSet<string> { "Users", "UserWords", "UserChanges", "Emails", "IdempotencyRecords", "ScimUsers", "ScimEmails" },
            tables.ToHashSet());
        foreach (var table in tables)
            if ((await ReadAsync(connection, $"SELECT * FROM \"{table}\"")).Any(HasMark)) found.Add(table);
        return [.. found, .. await FindInFilesAsync(connection)];
    }

    /// <summary>The query of the names of all tables.</summary>
    protected abstract string Tables { get; }

    /// <summary>Looks into the files of the database, once the log is written back.</summary>
    protected virtual Task<IEnumerable<string>> FindInFilesAsync(DbConnection connection) => Task.FromResult<IEnumerable<string>>([]);

    /// <summary>The rows, each with the texts of all columns.</summary>
    protected static async Task<List<string>> ReadAsync(DbConnection connection, string query)
    {
        var rows = new List<string>();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a query of the tests
        command.CommandText = query;
#pragma warning restore CA2100
        await using var row = await command.ExecuteReaderAsync(Ct);
        while (await row.ReadAsync(Ct))
            rows.Add(string.Join(' ', Enumerable.Range(0, row.FieldCount).Select(row.GetValue).Select(
                value => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : $"{value}")));
        return rows;
    }

    protected static bool HasMark(string text) => text.Contains(Mark, StringComparison.OrdinalIgnoreCase);
}

public sealed class PurgedUsersOnSqlite(ServiceOnSqlite service) : PurgedUsers(service), IClassFixture<ServiceOnSqlite>
{
    protected override string Tables => "SELECT \"name\" FROM \"sqlite_master\" WHERE \"type\" = 'table'";

    protected override async Task<IEnumerable<string>> FindInFilesAsync(DbConnection connection)
    {
        await ReadAsync(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        var database = connection.DataSource;
        return Directory.GetFiles(Path.GetDirectoryName(database)!).Where(file => HasMark(Encoding.Latin1.GetString(ReadShared(file))));
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

public sealed class PurgedUsersOnPostgreSql(ServiceOnPostgreSql service) : PurgedUsers(service), IClassFixture<ServiceOnPostgreSql>
{
    protected override string Tables => "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
}

public sealed class PurgedUsersOnSqlServer(ServiceOnSqlServer service) : PurgedUsers(service), IClassFixture<ServiceOnSqlServer>
{
    protected override string Tables => "SELECT [name] FROM [sys].[tables] WHERE [schema_id] = SCHEMA_ID()";
}
