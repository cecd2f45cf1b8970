using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>A connection that stays open, with the statements that were prepared on it: opening one costs as much as reading a user.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>In statements: there are more kinds of pages than a connection should keep.</summary>
    private const int MaxStatements = 50;

    /// <summary>SQLITE_FCNTL_HAS_MOVED: whether the file was renamed, deleted or replaced since it was opened.</summary>
    private const int Moved = 20;

    private readonly Dictionary<PreparedStatement, DbCommand> _commands = new(ReferenceEqualityComparer.Instance);

    /// <param name="connectionString">A complete one, see <see cref="SqliteConnections.Complete"/>.</param>
    /// <exception cref="SqliteException">The file can't be opened.</exception>
    public SqliteSession(string connectionString)
    {
        Connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            Connection.Open();
            SqliteConnections.Configure(Connection);
        }
        catch (SqliteException) // a file that is not a database can be opened
        {
            Connection.Dispose();
            throw;
        }
    }

    public SqliteConnection Connection { get; }

    /// <summary>Whether another user of it finds it as a new one: of the same file, without a transaction.</summary>
    public bool IsFresh => !HasMoved() && !IsInTransaction;

    public bool IsInTransaction => raw.sqlite3_get_autocommit(Connection.Handle!) == 0;

    public DbCommand Command(PreparedStatement statement)
    {
        if (_commands.TryGetValue(statement, out var command)) return command;
        if (_commands.Count == MaxStatements) DisposeCommands();
        return _commands[statement] = statement.CreateCommand(Connection);
    }

    public void Dispose()
    {
        DisposeCommands();
        Connection.Dispose();
    }

    private bool HasMoved() => FileControl(Connection.Handle!, 0, Moved, out var moved) switch
    {
        raw.SQLITE_OK => moved != 0,
        raw.SQLITE_NOTFOUND => false, // on Windows, where nothing can replace an open file
        _ => true,
    };

    private void DisposeCommands()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _commands.Clear();
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(sqlite3 database, nint name, int operation, out int value);
}
