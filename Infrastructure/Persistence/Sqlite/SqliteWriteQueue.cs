using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>
/// SQLite has one writer at a time. The writers of this process wait here, in order of arrival, and take turns on one connection. Without the queue
/// the driver would get "busy" and sleep (150 ms each time). One queue a database, for all contexts of the process.
/// </summary>
/// <remarks>
/// Writers that wait for each other share a transaction, and with it the wait for the disk: each but the first writes behind a savepoint of its own,
/// the last of them commits, and none returns before that. A writer that no other waits for commits at once.
/// </remarks>
#pragma warning disable CA1001 // it lives as long as the process
internal sealed class SqliteWriteQueue
#pragma warning restore CA1001
{
    /// <summary>How long a writer waits for its turn, at most.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>In writers: those of a full transaction wait no longer for others.</summary>
    private const int MaxShared = 64;

    private static readonly PreparedStatement Save = new("SAVEPOINT \"writer\"", []);
    private static readonly PreparedStatement Undo = new("ROLLBACK TO \"writer\"", []);
    private static readonly PreparedStatement Release = new("RELEASE \"writer\"", []);

    private static readonly ConcurrentDictionary<string, SqliteWriteQueue> Queues = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _connectionString;
    private int _waiting;

    // of the one whose turn it is
    private SqliteSession? _session;
    private SharedTransaction? _open;

    private SqliteWriteQueue(string connectionString) => _connectionString = connectionString;

    /// <param name="connectionString">The database: the same text, the same queue.</param>
    public static SqliteWriteQueue Of(string connectionString) => Queues.GetOrAdd(connectionString, text => new SqliteWriteQueue(text));

    /// <summary>Writes something when its turn comes, and returns when it is committed.</summary>
    /// <param name="write">The write, and whether to keep it; it must neither commit nor roll back the transaction.</param>
    /// <exception cref="SqliteException">The queue did not advance in time, the file can't be opened, or the commit failed.</exception>
    public async Task<(T Result, bool Commit)> WriteAsync<T>(
        Func<SqliteSession, SqliteTransaction, Task<(T Result, bool Commit)>> write, CancellationToken ct)
    {
        await WaitForTurnAsync(ct);
        SharedTransaction transaction;
        Task<(T Result, bool Commit)> attempt;
        try
        {
            transaction = _open ??= Begin();
            transaction.Writers++;
            attempt = transaction.HasWrites
                ? WriteBehindSavepointAsync(write, _session!, transaction)
                : WriteFirstAsync(write, _session!, transaction);
            await Task.WhenAny(attempt);
            // a full disk, for example, makes SQLite undo the whole transaction: that is the outcome of all its writers
            if (!_session!.IsInTransaction) transaction.Failure = attempt.Exception?.InnerException;
        }
        finally
        {
            EndTurn();
        }

        // also where the write was rejected: what it collided with may be another's write that is not stored yet
        await transaction.Ended;
        return await attempt;
    }

    /// <summary>Closes the connection, if no writer has it.</summary>
    public void Close()
    {
        if (!_turn.Wait(TimeSpan.Zero)) return;
        if (_open is null)
        {
            _session?.Dispose();
            _session = null;
        }

        _turn.Release();
    }

    /// <summary>The first write needs no savepoint: if it is not kept, the transaction is undone.</summary>
    private static async Task<(T Result, bool Commit)> WriteFirstAsync<T>(
        Func<SqliteSession, SqliteTransaction, Task<(T Result, bool Commit)>> write, SqliteSession session, SharedTransaction transaction)
    {
        var outcome = await write(session, transaction.Transaction);
        transaction.HasWrites = outcome.Commit;
        return outcome;
    }

    private static async Task<(T Result, bool Commit)> WriteBehindSavepointAsync<T>(
        Func<SqliteSession, SqliteTransaction, Task<(T Result, bool Commit)>> write, SqliteSession session, SharedTransaction transaction)
    {
        session.Command(Save, transaction.Transaction).ExecuteNonQuery();
        var keep = false;
        try
        {
            var outcome = await write(session, transaction.Transaction);
            keep = outcome.Commit;
            return outcome;
        }
        finally
        {
            if (session.IsInTransaction) // else SQLite has undone all of it
            {
                if (!keep) session.Command(Undo, transaction.Transaction).ExecuteNonQuery();
                session.Command(Release, transaction.Transaction).ExecuteNonQuery();
            }
        }
    }

    private async Task WaitForTurnAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        var isTurn = false;
        try
        {
            isTurn = await _turn.WaitAsync(Timeout, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            if (!isTurn) _ = TakeOverAsync();
        }

        if (!isTurn) throw new SqliteException("The queue of writers did not advance in time.", raw.SQLITE_BUSY);
    }

    /// <summary>For a writer that no longer waits: the one before it may have left the commit to it.</summary>
    private async Task TakeOverAsync()
    {
        await _turn.WaitAsync();
        EndTurn();
    }

    private SharedTransaction Begin()
    {
        if (_session?.IsFresh != true)
        {
            _session?.Dispose();
            _session = null;
            _session = new SqliteSession(_connectionString);
        }

        return new SharedTransaction(_session.Connection.BeginTransaction());
    }

    private void EndTurn()
    {
        try
        {
            if (_open is { } open
                && (Volatile.Read(ref _waiting) == 0 || open.Writers >= MaxShared || !open.HasWrites || !_session!.IsInTransaction))
            {
                _open = null;
                open.End();
            }
        }
        finally
        {
            _turn.Release(); // in any case: the writers behind it wait
        }
    }

    /// <summary>A transaction of one or more writers.</summary>
    private sealed class SharedTransaction(SqliteTransaction transaction)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SqliteTransaction Transaction => transaction;

        public int Writers { get; set; }

        public bool HasWrites { get; set; }

        /// <summary>Why SQLite has undone it before its end.</summary>
        public Exception? Failure { get; set; }

        /// <summary>Ends with the commit, with the rollback where nothing is to be kept, or with its failure.</summary>
        public Task Ended => _ended.Task;

        public void End()
        {
            try
            {
                if (Failure is not null)
                {
                    _ended.SetException(Failure);
                    return;
                }

                // a commit without writes would still make a database of an empty file
                if (HasWrites) transaction.Commit();
                else transaction.Rollback();
                _ended.SetResult();
            }
            catch (Exception exception) when (exception is SqliteException or InvalidOperationException) // the latter if SQLite has undone it
            {
                _ended.SetException(exception as SqliteException ?? new SqliteException(exception.Message, raw.SQLITE_IOERR));
            }
            finally
            {
                transaction.Dispose();
            }
        }
    }
}

/// <summary>A connection that stays open, with the statements that were prepared on it: opening one costs as much as reading a user.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>In statements: there are more kinds of pages than a connection should keep.</summary>
    private const int MaxStatements = 50;

    /// <summary>SQLITE_FCNTL_HAS_MOVED: whether the file was renamed, deleted or replaced since it was opened.</summary>
    private const int Moved = 20;

    // the pages as they were at a savepoint: SQLite would keep those in a temporary file
    private const string PagesInMemory = "PRAGMA temp_store = MEMORY";

    private readonly Dictionary<PreparedStatement, DbCommand> _commands = new(ReferenceEqualityComparer.Instance);

    /// <param name="connectionString">A complete one, see <see cref="SqliteConnectionSettings.Complete"/>.</param>
    /// <exception cref="SqliteException">The file can't be opened.</exception>
    public SqliteSession(string connectionString)
    {
        Connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            Connection.Open();
            SqliteConnectionSettings.Configure(Connection);
            using var command = Connection.CreateCommand();
            command.CommandText = PagesInMemory;
            command.ExecuteNonQuery();
        }
        catch (SqliteException) // a file that is not a database can be opened
        {
            Connection.Dispose();
            throw;
        }
    }

    public SqliteConnection Connection { get; }

    /// <summary>Whether the connection can be used again: its file was not replaced, and no transaction is open.</summary>
    public bool IsFresh
    {
        get
        {
            if (!HasMoved()) return !IsInTransaction;
            SqliteConnection.ClearAllPools(); // EF Core's connections, which readiness uses, have the old file open too
            return false;
        }
    }

    public bool IsInTransaction => raw.sqlite3_get_autocommit(Connection.Handle!) == 0;

    public DbCommand Command(PreparedStatement statement)
    {
        if (_commands.TryGetValue(statement, out var command)) return command;
        if (_commands.Count == MaxStatements) DisposeCommands();
        return _commands[statement] = statement.CreateCommand(Connection);
    }

    public DbCommand Command(PreparedStatement statement, DbTransaction transaction)
    {
        var command = Command(statement);
        command.Transaction = transaction;
        return command;
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
