using System.Collections.Concurrent;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>
/// SQLite has one writer at a time. The writers of this process wait here, in order of arrival. Without the queue the driver would get "busy" and
/// sleep (150 ms each time). One queue a database, for all contexts of the process.
/// </summary>
internal static class SqliteWriteQueue
{
    /// <summary>How long a writer waits for its turn, at most.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Queues = new(StringComparer.Ordinal);

    /// <param name="connectionString">The database: the same text, the same queue.</param>
    public static SemaphoreSlim Of(string connectionString) => Queues.GetOrAdd(connectionString, _ => new SemaphoreSlim(1, 1));
}
