using System.Collections.Concurrent;
using System.Data.Common;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>
/// Connections that stay open between reads. One to a file that was deleted or replaced is closed, and another is opened.
/// </summary>
/// <param name="connectionString">A complete one, see <see cref="SqliteConnectionSettings.Complete"/>.</param>
internal sealed class SqliteReadConnections(string connectionString) : IPreparedConnections, IDisposable
{
    /// <summary>More are opened if as many are in use, and closed after use.</summary>
    private const int Kept = 32;

    private readonly ConcurrentStack<SqliteSession> _free = new();
    private volatile bool _isDisposed;

    public string Find => "instr";

    public Type Columns => typeof(SqliteColumns);

    public ValueTask<PreparedConnection> OpenAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        while (_free.TryPop(out var free))
        {
            if (free.IsFresh) return new(new Lease(this, free));
            free.Dispose();
        }

        return new(new Lease(this, new SqliteSession(connectionString)));
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_free.TryPop(out var free)) free.Dispose();
        SqliteWriteQueue.Of(connectionString).Close();
    }

    private sealed class Lease(SqliteReadConnections owner, SqliteSession session) : PreparedConnection
    {
        private bool _isComplete;

        public override DbCommand Command(PreparedStatement statement) => session.Command(statement);

        public override void Complete() => _isComplete = true;

        public override ValueTask DisposeAsync()
        {
            if (_isComplete && !owner._isDisposed && owner._free.Count < Kept) owner._free.Push(session);
            else session.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
