namespace CleanUsers.Application.Ports;

/// <summary>The state and the schema of the database, for the operation of the service.</summary>
public interface IDatabase
{
    /// <summary>Looks; changes nothing and throws nothing but cancellation.</summary>
    Task<DatabaseState> CheckAsync(CancellationToken ct);

    /// <summary>Creates or updates the schema. Several processes may do so at once: one does it, the others wait and find it done.</summary>
    /// <exception cref="DatabaseUnavailableException">The database can't be used.</exception>
    /// <exception cref="IncompatibleSchemaException">Another build made the schema; nothing is changed.</exception>
    Task MigrateAsync(CancellationToken ct);

    /// <summary>What an administrator should change of the settings of the database, as a sentence; null if nothing.</summary>
    Task<string?> FindAdviceAsync(CancellationToken ct);

    /// <summary>
    /// Where the configuration names several servers of one database: notices which of them is the primary, to which reads and writes go. Fails if
    /// none is, with an exception of which <see cref="IsUnavailable"/> is true.
    /// </summary>
    Task FindPrimaryAsync(CancellationToken ct);

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

/// <summary>The database could not be reached where nothing works without it.</summary>
public sealed class DatabaseUnavailableException(Exception cause) : Exception($"The database can't be used: {cause?.Message}", cause);

/// <summary>The schema of the database is not one that this program made, or can migrate.</summary>
public sealed class IncompatibleSchemaException(Exception? cause = null) : Exception(
    "The schema of the database was made by another build of this program, or by another program. Use an empty database; to keep the users, export "
    + "them with the build that made the schema, and import them with this one.",
    cause);
