using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using Npgsql;

namespace CleanUsers.TestSupport;

/// <summary>
/// A database of the server that <c>CLEANUSERS_TEST_POSTGRESQL</c> names, else of one that is installed here, else of a container.
/// </summary>
public sealed class PostgreSqlTestDatabase : TestDatabase
{
    private static readonly Lazy<Task<(string? ConnectionString, string? Absence)>> Server = new(FindServerAsync);

    public override DatabaseProvider Provider => DatabaseProvider.PostgreSql;

    public override async Task CreateAsync()
    {
        (var server, Absence) = await Server.Value;
        if (server is null) return;
        var name = NewName();
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    public override async ValueTask DisposeAsync()
    {
        if (ConnectionString.Length == 0) return;
        await using (var mine = new NpgsqlConnection(ConnectionString)) NpgsqlConnection.ClearPool(mine);
        await ExecuteAsync(
            (await Server.Value).ConnectionString!, $"DROP DATABASE {new NpgsqlConnectionStringBuilder(ConnectionString).Database} WITH (FORCE)");
    }

    private static async Task<(string? ConnectionString, string? Absence)> FindServerAsync()
    {
        if (Environment.GetEnvironmentVariable("CLEANUSERS_TEST_POSTGRESQL") is { Length: > 0 } named) return (named, null);
        if (PostgreSqlServer.Installation is not null)
        {
            var server = new PostgreSqlServer();
            AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Dispose();
            await server.StartAsync();
            return (server.ConnectionString, null);
        }

        var (container, absence) = await Container.StartAsync(
            () => new Testcontainers.PostgreSql.PostgreSqlBuilder(Container.PostgreSqlImage).Build());
        return (container?.GetConnectionString(), absence is null ? null : $"not named, not installed, and {absence}");
    }

    private static async Task ExecuteAsync(string server, string statement)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the name of a database can't be a parameter, and is ours
        command.CommandText = statement;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public override DbConnection Connect() =>
        new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
}
