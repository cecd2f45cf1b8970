using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>Settings that SQLite keeps by connection.</summary>
internal sealed class SqliteConnectionSettings : DbConnectionInterceptor
{
    // FULL: a change that was confirmed survives a power cut. The time-out is for writers in other processes; ours queue (SqliteWriteQueue).
    // Deleted content is overwritten, since a purge erases for good.
    private const string Settings = "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON;";

    // the driver's own waiting, 30 s otherwise, on top of SQLite's
    private const int BusySeconds = 5;

    private static readonly ConditionalWeakTable<sqlite3, string> AlreadySet = [];

    /// <summary>
    /// The connection string with what the service relies on: only a migration may create the file, else a database that is gone would come
    /// back empty.
    /// </summary>
    /// <exception cref="ConnectionStringException">It is not valid, or names no file.</exception>
    public static string Complete(string connectionString)
    {
        var builder = ConnectionStringParser.Parse<SqliteConnectionStringBuilder>(connectionString);
        if (builder.DataSource is "" or ":memory:") throw new ConnectionStringException("must name a file in 'Data Source'");
        if (builder.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ConnectionStringException("must have a path in 'Data Source', not a URI");
        if (builder.Password.Length > 0) throw new ConnectionStringException("must not have a 'Password': the embedded database is not encrypted");
        builder.ForeignKeys = true;
        builder.DefaultTimeout = BusySeconds;
        builder.Mode = SqliteOpenMode.ReadWrite;
        return builder.ConnectionString;
    }

    /// <summary>Makes folder and file, with a write-ahead log, where they are missing.</summary>
    public static async Task CreateAsync(string connectionString, CancellationToken ct)
    {
        var builder = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false };
        await using var connection = new SqliteConnection(builder.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        await command.ExecuteNonQueryAsync(ct);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set(connection); // SQLite has no asynchronous calls
        return Task.CompletedTask;
    }

    private static void Set(DbConnection connection)
    {
        // the pool hands out again what was set already
        if (AlreadySet.TryAdd(((SqliteConnection)connection).Handle!, Settings)) Configure(connection);
    }

    /// <summary>Gives a new connection the settings that SQLite keeps by connection.</summary>
    public static void Configure(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Settings;
        command.ExecuteNonQuery();
    }
}
