using System.Data.Common;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.AspNetCore.Hosting;
using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>A service that reaches its database through a relay.</summary>
public sealed class ServiceBehindARelay : Service
{
    private readonly RelayedDatabase _database;

    public ServiceBehindARelay()
        : this(new RelayedDatabase())
    {
    }

    private ServiceBehindARelay(RelayedDatabase database)
        : base(database) => _database = database;

    public CommitRelay Relay => _database.Relay!;

    /// <summary>A connection string that leads past the relay.</summary>
    public string Direct => _database.Direct;

    /// <summary>Executes a statement past the relay that changes one row.</summary>
    public async Task ExecuteAsync(string statement, string parameter)
    {
        await using var connection = new NpgsqlConnection(Direct);
        await connection.OpenAsync();
#pragma warning disable CA2100 // a statement of the tests
        await using var command = new NpgsqlCommand(statement, connection) { Parameters = { new() { Value = parameter } } };
#pragma warning restore CA2100
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    /// <summary>Without the service that commits four times a second: the reply that is lost is one to a request.</summary>
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        RemoveFrequentServices(builder);
    }

    private sealed class RelayedDatabase : TestDatabase
    {
        private readonly PostgreSqlTestDatabase _database = new();

        public override DatabaseProvider Provider => DatabaseProvider.PostgreSql;

        public CommitRelay? Relay { get; private set; }

        public string Direct => _database.ConnectionString;

        public override async Task CreateAsync()
        {
            await _database.CreateAsync();
            Absence = _database.Absence;
            if (Absence is not null) return;
            var direct = new NpgsqlConnectionStringBuilder(_database.ConnectionString);
            Relay = new CommitRelay(direct.Host!, direct.Port);
            ConnectionString = new NpgsqlConnectionStringBuilder(Direct) { Port = Relay.Port, SslMode = SslMode.Disable }.ConnectionString;
        }

        public override async ValueTask DisposeAsync()
        {
            if (Relay is not null) await Relay.DisposeAsync();
            await _database.DisposeAsync();
        }

        public override DbConnection Connect() => new NpgsqlConnection(Direct);
    }
}
