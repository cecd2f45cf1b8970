using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using Npgsql;

namespace CleanUsers.TestSupport;

/// <summary>A separate PostgreSQL server that a test can stop and start; only where PostgreSQL is installed.</summary>
public sealed class OwnPostgreSqlDatabase : TestDatabase
{
    private PostgreSqlServer? _server;

    public override DatabaseProvider Provider => DatabaseProvider.PostgreSql;

    public PostgreSqlServer Server => _server!;

    public override async Task CreateAsync()
    {
        Absence = PostgreSqlServer.Installation is null ? "not installed, and a server that is named or in a container is not stopped" : null;
        if (Absence is not null) return;
        _server = new PostgreSqlServer();
        await _server.StartAsync();
        ConnectionString = _server.ConnectionString;
    }

    public override ValueTask DisposeAsync()
    {
        _server?.Dispose();
        return ValueTask.CompletedTask;
    }

    public override DbConnection Connect() =>
        new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
}
