using System.Data.Common;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>Connections of the driver's own pool, which EF Core shares; the driver prepares what is executed often.</summary>
internal sealed class PostgreSqlConnections(PostgreSqlServers servers) : IPreparedConnections
{
    /// <summary>Where they have names, the driver looks for these in the text each time.</summary>
    public const bool HasNamedParameters = false;

    public string Find => "strpos";

    /// <summary>
    /// As an array, of which PostgreSQL expects few values, and looks them up. By its statistics, rare beginnings of words can be common, and it
    /// would join them with all users.
    /// </summary>
    public string OneOf(string query) => $"= ANY(ARRAY({query}))";

    public async ValueTask<PreparedConnection> OpenAsync(CancellationToken ct)
    {
        var connection = servers.Primary.CreateConnection(); // one that can't be opened holds nothing
        await connection.OpenAsync(ct);
        return new Session(connection);
    }

    private sealed class Session(DbConnection connection) : PreparedConnection
    {
        private DbCommand? _command;

        public override DbCommand Command(PreparedStatement statement) => _command = statement.CreateCommand(connection, HasNamedParameters);

        public override void Complete()
        {
            // the driver itself drops a broken connection
        }

        public override async ValueTask DisposeAsync()
        {
            if (_command is not null) await _command.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
