using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using Npgsql;

namespace CleanUsers.TestSupport;

/// <summary>
/// A primary and two standbys, with the settings of docs/deployment.md; only where PostgreSQL is installed. A commit waits until one of the
/// standbys has it, and a standby follows whichever server is the primary.
/// </summary>
public sealed class PostgreSqlCluster : TestDatabase
{
    public override DatabaseProvider Provider => DatabaseProvider.PostgreSql;

    public IReadOnlyList<PostgreSqlServer> Servers { get; private set; } = [];

    public PostgreSqlServer Primary { get; private set; } = null!;

    public override async Task CreateAsync()
    {
        Absence = PostgreSqlServer.Installation is null ? "not installed, and a server that is named or in a container has no standbys" : null;
        if (Absence is not null) return;
        List<string> settings = [];
        Servers = [.. Enumerable.Range(0, 3).Select(_ => new PostgreSqlServer { Settings = settings })];
        Primary = Servers[0];
        settings.AddRange(
        [
            "synchronous_standby_names = 'ANY 1 (*)'",
            $"primary_conninfo = 'host=127.0.0.1,127.0.0.1,127.0.0.1 port={string.Join(',', Servers.Select(server => server.Port))}"
                + " user=postgres target_session_attrs=read-write connect_timeout=2'",
            "wal_retrieve_retry_interval = '500ms'",
            "wal_receiver_timeout = '3s'", // after which a standby leaves a primary that hangs; by default it waits for a minute
            "wal_keep_size = '256MB'", // for a server that comes back
        ]);
        await Primary.StartAsync();
        foreach (var standby in Servers.Skip(1)) await standby.StartAsStandbyOfAsync(Primary);
        ConnectionString = $"Host={string.Join(',', Servers.Select(server => $"127.0.0.1:{server.Port}"))};Username=postgres;Database=postgres";
    }

    /// <summary>Makes the standby the primary that has received most: one of them has all that was acknowledged.</summary>
    public async Task PromoteAsync()
    {
        var standbys = Servers.Where(server => server != Primary).ToList();
        var received = await Task.WhenAll(standbys.Select(server => ReadAsync<decimal>(server, "SELECT pg_last_wal_receive_lsn() - '0/0'")));
        Primary = standbys[received.IndexOf(received.Max())];
        await Primary.PromoteAsync();
        foreach (var standby in standbys.Where(server => server != Primary))
        {
            // by itself it would try the old primary first, and wait for ever for one that hangs: connect_timeout does not count there
            await ReadAsync<bool>(
                standby, $"ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port={Primary.Port} user=postgres'", "SELECT pg_reload_conf()");
        }
    }

    /// <summary>Starts a killed primary again, as a standby.</summary>
    public async Task RejoinAsync(PostgreSqlServer server)
    {
        // before PostgreSQL 16, pg_rewind reads the timeline of the last checkpoint: without this one it would find nothing to undo
        await ExecuteAsync("CHECKPOINT");
        await server.RejoinAsync(Primary);
    }

    /// <summary>How many standbys the primary has.</summary>
    public Task<long> CountStandbysAsync() => ReadAsync<long>(Primary, "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'");

    /// <summary>The value of the last of some statements, on one of the servers.</summary>
    public static async Task<T> ReadAsync<T>(PostgreSqlServer server, params string[] statements)
    {
        await using var connection = new NpgsqlConnection($"{server.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        object? value = null;
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a statement of the tests
            command.CommandText = statement;
#pragma warning restore CA2100
            value = await command.ExecuteScalarAsync();
        }

        return (T)value!;
    }

    public override ValueTask DisposeAsync()
    {
        foreach (var server in Servers) server.Dispose();
        return ValueTask.CompletedTask;
    }

    public override DbConnection Connect() => new NpgsqlConnection($"{Primary.ConnectionString};Pooling=false");
}
