using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.Data.SqlClient;

namespace CleanUsers.TestSupport;

/// <summary>
/// A database of the server that <c>CLEANUSERS_TEST_SQLSERVER</c> names, else of a container. With
/// <c>CLEANUSERS_TEST_SQLSERVER_ACCOUNT=limited</c> the service gets an account that may change tables and not the
/// database: row versions stay off, as in an old database on premises.
/// </summary>
public sealed class SqlServerTestDatabase : TestDatabase
{
    private static readonly Lazy<Task<(string? ConnectionString, string? Absence)>> Server = new(FindServerAsync);

    private static readonly bool IsLimited = Environment.GetEnvironmentVariable("CLEANUSERS_TEST_SQLSERVER_ACCOUNT") == "limited";

    private string _administrator = "";

    public override DatabaseProvider Provider => DatabaseProvider.SqlServer;

    public override async Task CreateAsync()
    {
        (var server, Absence) = await Server.Value;
        if (server is null) return;
        var name = NewName();
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        ConnectionString = _administrator = new SqlConnectionStringBuilder(server) { InitialCatalog = name }.ConnectionString;
        if (!IsLimited) return;

        var password = $"Aa1-{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE LOGIN {name} WITH PASSWORD = '{password}'");
        await ExecuteAsync(
            _administrator,
            $"""
            CREATE USER {name} FOR LOGIN {name};
            ALTER ROLE db_ddladmin ADD MEMBER {name};
            GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES ON SCHEMA::dbo TO {name};
            """);
        ConnectionString = new SqlConnectionStringBuilder(_administrator) { UserID = name, Password = password }.ConnectionString;
    }

    public override async ValueTask DisposeAsync()
    {
        if (ConnectionString.Length == 0) return;
        var name = new SqlConnectionStringBuilder(ConnectionString).InitialCatalog;
        await ExecuteAsync(
            (await Server.Value).ConnectionString!, $"ALTER DATABASE {name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE {name}");
        if (IsLimited) await ExecuteAsync((await Server.Value).ConnectionString!, $"DROP LOGIN {name}");
    }

    private static async Task<(string? ConnectionString, string? Absence)> FindServerAsync()
    {
        if (Environment.GetEnvironmentVariable("CLEANUSERS_TEST_SQLSERVER") is { Length: > 0 } named) return (named, null);
        var (container, absence) = await Container.StartAsync(() => new Testcontainers.MsSql.MsSqlBuilder(Container.SqlServerImage).Build());
        return (container?.GetConnectionString(), absence is null ? null : $"not named, and {absence}");
    }

    private static async Task ExecuteAsync(string server, string statement)
    {
        await using var connection = new SqlConnection(new SqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the name of a database can't be a parameter, and is ours
        command.CommandText = statement;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public override DbConnection Connect() =>
        new SqlConnection(new SqlConnectionStringBuilder(_administrator) { Pooling = false }.ConnectionString);
}
