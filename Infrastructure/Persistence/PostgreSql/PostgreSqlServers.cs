using System.Data.Common;
using Npgsql;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>
/// Connections to the server that the connection string names, or, of several, to the primary. The driver's own search tries one server after the
/// other, again and again: each request would wait until its attempt to connect to a dead host times out. So <see cref="FindPrimaryAsync"/> asks
/// all of them at once, besides the requests, which then go to the primary only. Until it has found one, the driver searches.
/// </summary>
internal sealed class PostgreSqlServers : DbDataSource
{
    private const int TestTimeout = 3; // seconds

    private readonly NpgsqlDataSource _any;
    private readonly List<Server> _several = [];
    private volatile Server? _primary;

    public PostgreSqlServers(NpgsqlConnectionStringBuilder settings)
    {
        var hosts = settings.Host!.Split(',', StringSplitOptions.TrimEntries);
        if (hosts.Length == 1)
        {
            _any = NpgsqlDataSource.Create(settings);
            return;
        }

        _any = new NpgsqlDataSourceBuilder(settings.ConnectionString).BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary);
        _several.AddRange(hosts.Select(host => new Server(new(settings.ConnectionString) { Host = host, TargetSessionAttributes = null })));
    }

    public override string ConnectionString => _any.ConnectionString;

    /// <summary>Asks each server whether it is the primary, where there are several. A primary that was found before is preferred.</summary>
    /// <exception cref="NpgsqlException">None of them is.</exception>
    public async Task FindPrimaryAsync(CancellationToken ct)
    {
        if (_several.Count == 0) return;
        var before = _primary;
        var answers = await Task.WhenAll(_several.Select(server => server.IsPrimaryAsync(ct)));
        var primaries = _several.Where((_, which) => answers[which]).ToList();
        if (before is not null && primaries.Contains(before)) return;
        if (primaries.Count == 0) throw new NpgsqlException("None of the servers is the primary.");
        _primary = primaries[0];
        before?.Connections.Clear();
    }

    protected override DbConnection CreateDbConnection() => (_primary?.Connections ?? _any).CreateConnection();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _any.Dispose();
            foreach (var server in _several) server.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class Server(NpgsqlConnectionStringBuilder settings) : IDisposable
    {
        private readonly string _testSettings =
            new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false, Timeout = TestTimeout, CommandTimeout = TestTimeout }
                .ConnectionString;

        private NpgsqlConnection? _test;

        public NpgsqlDataSource Connections { get; } = NpgsqlDataSource.Create(settings);

        /// <returns>False also if it does not respond in time.</returns>
        public async Task<bool> IsPrimaryAsync(CancellationToken ct)
        {
            try
            {
                if (_test is null)
                {
                    _test = new NpgsqlConnection(_testSettings);
                    await _test.OpenAsync(ct);
                }

                await using var command = new NpgsqlCommand("SELECT NOT pg_is_in_recovery()", _test);
                return (bool)(await command.ExecuteScalarAsync(ct))!;
            }
            catch (NpgsqlException)
            {
                // whatever the reason is, it can't serve now: if that is true of all, FindPrimaryAsync fails
                if (_test is not null) await _test.DisposeAsync();
                _test = null;
                return false;
            }
        }

        public void Dispose()
        {
            _test?.Dispose();
            Connections.Dispose();
        }
    }
}
