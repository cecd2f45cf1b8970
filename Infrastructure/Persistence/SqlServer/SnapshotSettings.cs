using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>
/// Whether readers get row versions instead of locks. Both settings are off in a new database outside Azure: then lists wait for writers, and can
/// deadlock with them where they look rows up by a key.
/// </summary>
[Flags]
internal enum SnapshotSettings
{
    None = 0,

    /// <summary><c>READ_COMMITTED_SNAPSHOT</c>: a statement reads one moment.</summary>
    ReadCommitted = 1,

    /// <summary><c>ALLOW_SNAPSHOT_ISOLATION</c>: a transaction can read one moment.</summary>
    Isolation = 2,
}

internal static class SnapshotSettingsOfDatabase
{
    // ROLLBACK IMMEDIATE: the statement needs the database without other transactions, and would wait for them without end
    private const string EnableReadCommitted = "ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE";

    private const string EnableIsolation = "ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON";

    public static async Task<SnapshotSettings> GetSnapshotSettingsAsync(this DatabaseFacade database, CancellationToken ct)
    {
        // by name: in Azure, DB_ID() can differ from database_id
        var settings = await database.SqlQuery<int>(
            $"""
            SELECT CASE WHEN [is_read_committed_snapshot_on] = 1 THEN 1 ELSE 0 END
                + CASE WHEN [snapshot_isolation_state] = 1 THEN 2 ELSE 0 END AS [Value]
            FROM [sys].[databases] WHERE [name] = DB_NAME()
            """).ToListAsync(ct);
        return settings is [var flags] ? (SnapshotSettings)flags : SnapshotSettings.None;
    }

    /// <summary>What an administrator should run; null if both settings are on.</summary>
    public static string? Advice(this SnapshotSettings settings)
    {
        var statements = settings.Missing().ToList();
        return statements.Count == 0
            ? null
            : "Readers wait for writers in this database, and an export blocks them. To change that, run there, as an account that may alter the "
                + $"database: {string.Join("; ", statements)};";
    }

    /// <summary>The statements that enable what is off.</summary>
    public static IEnumerable<string> Missing(this SnapshotSettings settings)
    {
        if (!settings.HasFlag(SnapshotSettings.Isolation)) yield return EnableIsolation;
        if (!settings.HasFlag(SnapshotSettings.ReadCommitted)) yield return EnableReadCommitted;
    }
}
