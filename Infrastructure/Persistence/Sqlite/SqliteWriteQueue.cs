using System.Collections.Concurrent;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>
/// SQLite has one writer at a time. Ours wait here, in the order in which they came, instead of being told "busy" and sleeping
/// (150 ms a time in the driver). One queue a database, for all contexts of the process.
/// </summary>
internal static class SqliteWriteQueue
{
    /// <summary>How long a writer waits for its turn, at most.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Queues = new(StringComparer.Ordinal);

    /// <param name="connectionString">The database: the same text, the same queue.</param>
    public static SemaphoreSlim Of(string connectionString) => Queues.GetOrAdd(connectionString, _ => new SemaphoreSlim(1, 1));
}
