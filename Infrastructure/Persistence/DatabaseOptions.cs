namespace CleanUsers.Infrastructure.Persistence;

/// <summary>Section <c>Database</c> of the configuration.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>Name of the connection string, in section <c>ConnectionStrings</c>.</summary>
    public const string ConnectionStringName = "CleanUsers";

    /// <summary>The default connection string of <see cref="DatabaseProvider.Sqlite"/>.</summary>
    public const string EmbeddedDatabase = "Data Source=data/cleanusers.db";

    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Sqlite;

    /// <summary>Null: only where the database is embedded.</summary>
    public bool? MigrateOnStartup { get; init; }

    public bool ShouldMigrateOnStartup => MigrateOnStartup ?? Provider == DatabaseProvider.Sqlite;
}

public enum DatabaseProvider
{
    /// <summary>Embedded: a file beside the service.</summary>
    Sqlite,

    SqlServer,

    PostgreSql,
}
