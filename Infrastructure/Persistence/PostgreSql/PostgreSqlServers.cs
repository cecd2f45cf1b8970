using Npgsql;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>
/// The pools of connections to the servers that the connection string names, of which one is the primary. The driver keeps for each server whether
/// it is the primary, a standby or out of reach. By default it forgets that after ten seconds, and requests find out again, each of which waits
/// until its attempt to connect to a dead host times out. So it keeps it for an hour, and <see cref="FindPrimaryAsync"/> notices what has changed.
/// </summary>
internal sealed class PostgreSqlServers : IDisposable
{
    /// <summary>For how long the driver keeps what it has found out, in seconds.</summary>
    public const int RecheckTime = 3600;

    private const int TestTimeout = 3; // seconds

    private readonly NpgsqlMultiHostDataSource? _several;

    public PostgreSqlServers(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (!AreSeveral(settings))
        {
            Primary = builder.Build();
            return;
        }

        // a connection chooses its server when it is opened: pooled contexts keep their connections, so no other time would do
        _several = builder.BuildMultiHost();
        Primary = _several.WithTargetSession(TargetSessionAttributes.Primary);
    }

    /// <summary>Connections to the primary, or to the only server.</summary>
    public NpgsqlDataSource Primary { get; }

    public static bool AreSeveral(NpgsqlConnectionStringBuilder settings) => settings.Host!.Contains(',', StringComparison.Ordinal);

    /// <summary>
    /// Tests a connection to the primary, where there are several servers. If it does not respond, the driver considers the server out of reach and
    /// closes the connections to it. If no server is known to be the primary, the driver forgets what it has found out, and tests all of them for the
    /// next connection.
    /// </summary>
    /// <exception cref="NpgsqlException">No primary responds.</exception>
    public async Task FindPrimaryAsync(CancellationToken ct)
    {
        if (_several is null) return;
        await using var connection = Primary.CreateConnection();
        try
        {
            await connection.OpenAsync(ct);
        }
        catch (NpgsqlException)
        {
            _several.ClearDatabaseStates();
            throw;
        }

        await using var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = TestTimeout };
        await command.ExecuteScalarAsync(ct);
    }

    public void Dispose()
    {
        Primary.Dispose();
        _several?.Dispose();
    }
}
