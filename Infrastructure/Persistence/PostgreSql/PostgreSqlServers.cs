using Npgsql;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>
/// The servers that the connection string names, and the pool of connections to the one that is the primary. The driver keeps for each server
/// whether it is the primary, a standby or out of reach. It would forget that after seconds, and requests would find out again, each of which waits
/// until its attempt to connect to a dead host times out. So it keeps it for an hour, and <see cref="FindPrimaryAsync"/> notices what has changed.
/// </summary>
internal sealed class PostgreSqlServers : IDisposable
{
    private const int TestTimeout = 5; // seconds

    private readonly NpgsqlMultiHostDataSource? _several;

    public PostgreSqlServers(string connectionString, bool areSeveral)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        if (areSeveral)
        {
            _several = builder.BuildMultiHost();
            Primary = _several.WithTargetSession(TargetSessionAttributes.Primary);
        }
        else Primary = builder.Build();
    }

    public NpgsqlDataSource Primary { get; }

    /// <summary>
    /// Tests a connection to the primary, where there are several servers. If that fails, the driver forgets what it knows about them, and the next
    /// connection goes to the primary of that time, if there is one.
    /// </summary>
    /// <exception cref="NpgsqlException">No primary responds.</exception>
    public async Task FindPrimaryAsync(CancellationToken ct)
    {
        if (_several is null) return;
        try
        {
            await using var command = Primary.CreateCommand("SELECT 1");
            command.CommandTimeout = TestTimeout;
            await command.ExecuteScalarAsync(ct); // a timeout marks the server as out of reach, and closes the connections of the pool
        }
        catch (NpgsqlException)
        {
            _several.ClearDatabaseStates();
            throw;
        }
    }

    public void Dispose()
    {
        Primary.Dispose();
        _several?.Dispose();
    }
}
