namespace CleanUsers.Application.Ports;

/// <summary>The state and the schema of the database, for the operation of the service.</summary>
public interface IDatabase
{
    /// <summary>Looks; changes nothing and throws nothing but cancellation.</summary>
    Task<DatabaseState> CheckAsync(CancellationToken ct);

    /// <summary>Creates or updates the schema. Several processes may do so at once: one does it, the others wait and find it done.</summary>
    /// <exception cref="DatabaseUnavailableException">The database can't be reached.</exception>
    /// <exception cref="IncompatibleSchemaException">Another build made the schema; nothing is changed.</exception>
    Task MigrateAsync(CancellationToken ct);

    /// <summary>
    /// True if the exception means that the database can't serve a valid request now: it can't be reached, or is busy, full or read-only.
    /// </summary>
    bool IsUnavailable(Exception exception);
}

public enum DatabaseState
{
    Ready,

    /// <summary>It can be reached, but lacks migrations that this program needs.</summary>
    SchemaBehind,

    /// <summary>It can be reached, but another build of this program, or another program, made its schema.</summary>
    IncompatibleSchema,

    Unreachable,
}
