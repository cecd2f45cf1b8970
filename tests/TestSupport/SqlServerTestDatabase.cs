using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using Microsoft.Data.SqlClient;

namespace CleanUsers.TestSupport;

/// <summary>A database of the server that <c>CLEANUSERS_TEST_SQLSERVER</c> names, else of a container.</summary>
public sealed class SqlServerTestDatabase : TestDatabase
{
    private static readonly Lazy<Task<(string? ConnectionString, string? Absence)>> Server = new(FindServerAsync);

    public override DatabaseProvider Provider => DatabaseProvider.SqlServer;

    public override async Task CreateAsync()
    {
        (var server, Absence) = await Server.Value;
        if (server is null) return;
        var name = NewName();
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        ConnectionString = new SqlConnectionStringBuilder(server) { InitialCatalog = name }.ConnectionString;
    }

    public override async ValueTask DisposeAsync()
    {
        if (ConnectionString.Length == 0) return;
        var name = new SqlConnectionStringBuilder(ConnectionString).InitialCatalog;
        await ExecuteAsync(
            (await Server.Value).ConnectionString!, $"ALTER DATABASE {name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE {name}");
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

    protected override DbConnection Connect() =>
        new SqlConnection(new SqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
}
