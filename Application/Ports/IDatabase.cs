namespace CleanUsers.Application.Ports;

/// <summary>What those who operate the service ask of the database.</summary>
public interface IDatabase
{
    /// <summary>Looks; changes nothing and throws nothing but cancellation.</summary>
    Task<DatabaseState> CheckAsync(CancellationToken ct);

    /// <summary>Creates or updates the schema. Several processes may do so at once: one does it, the others wait and find it done.</summary>
    /// <exception cref="DatabaseUnavailableException">The database is out of reach.</exception>
    Task MigrateAsync(CancellationToken ct);

    /// <summary>True where a fault says that the database can't serve now, though the request was in order: out of reach, busy, full, read-only.</summary>
    bool IsUnavailable(Exception exception);
}

public enum DatabaseState
{
    Ready,

    /// <summary>It answers, but lacks migrations that this program needs.</summary>
    SchemaBehind,

    Unreachable,
}
