using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Connections that stay open between reads, with their prepared statements: opening one costs as much as reading a user. A connection to a file that
/// was deleted or replaced is closed, and another is opened.
/// </summary>
/// <param name="connectionString">A complete one, see <see cref="SqliteConnections.Complete"/>.</param>
internal sealed class SqliteReadConnections(string connectionString) : IPreparedConnections, IDisposable
{
    /// <summary>More are opened if as many are in use, and closed after use.</summary>
    private const int Kept = 32;

    private readonly string _connectionString = new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
    private readonly ConcurrentStack<Session> _free = new();

    public ValueTask<PreparedConnection> OpenAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        while (_free.TryPop(out var free))
        {
            if (!free.HasMoved()) return new(free);
            free.Close();
        }

        return new(Session.Open(this));
    }

    public void Dispose()
    {
        while (_free.TryPop(out var free)) free.Close();
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(sqlite3 database, nint name, int operation, out int value);

    private sealed class Session : PreparedConnection
    {
        /// <summary>In statements: there are more kinds of pages than a connection should keep.</summary>
        private const int MaxStatements = 50;

        /// <summary>SQLITE_FCNTL_HAS_MOVED: whether the file was renamed, deleted or replaced since it was opened.</summary>
        private const int Moved = 20;

        private readonly SqliteReadConnections _owner;
        private readonly SqliteConnection _connection;
        private readonly Dictionary<PreparedStatement, DbCommand> _commands = new(ReferenceEqualityComparer.Instance);
        private bool _isComplete;

        private Session(SqliteReadConnections owner, SqliteConnection connection) => (_owner, _connection) = (owner, connection);

        public static Session Open(SqliteReadConnections owner)
        {
            var connection = new SqliteConnection(owner._connectionString);
            connection.Open();
            SqliteConnections.Configure(connection);
            return new(owner, connection);
        }

        public bool HasMoved() => FileControl(_connection.Handle!, 0, Moved, out var moved) != raw.SQLITE_OK || moved != 0;

        public override DbCommand Command(PreparedStatement statement)
        {
            if (_commands.TryGetValue(statement, out var command)) return command;
            if (_commands.Count == MaxStatements) DisposeCommands();
            return _commands[statement] = statement.CreateCommand(_connection);
        }

        public override void Complete() => _isComplete = true;

        public override ValueTask DisposeAsync()
        {
            if (_isComplete && _owner._free.Count < Kept)
            {
                _isComplete = false;
                _owner._free.Push(this);
            }
            else
            {
                Close();
            }

            return ValueTask.CompletedTask;
        }

        public void Close()
        {
            DisposeCommands();
            _connection.Dispose();
        }

        private void DisposeCommands()
        {
            foreach (var command in _commands.Values) command.Dispose();
            _commands.Clear();
        }
    }
}
