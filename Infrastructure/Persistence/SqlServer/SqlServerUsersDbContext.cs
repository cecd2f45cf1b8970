using System.Collections.Concurrent;
using System.Data;
using System.Text;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.Logging;

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>
/// Texts compare as they are (BIN2). What is sorted, or searched by how it begins, is stored as bytes of UTF-8: those compare by code point,
/// where BIN2 compares nvarchar by units of UTF-16 (docs/decisions/0013-three-databases.md).
/// </summary>
internal sealed partial class SqlServerUsersDbContext(DbContextOptions<SqlServerUsersDbContext> options) : ServerUsersDbContext(options)
{
    // a code point takes up to four bytes
    private const int NameMaxBytes = 4 * UserName.MaxLength;

    // a statement with thousands of rows, such as one of an import, would lock the whole table, and all requests would wait
    private const string DisableLockEscalation =
        """
        IF EXISTS (SELECT 1 FROM [sys].[tables] WHERE [object_id] = OBJECT_ID(N'Users') AND [lock_escalation] <> 1)
            ALTER TABLE [Users] SET (LOCK_ESCALATION = DISABLE);
        IF EXISTS (SELECT 1 FROM [sys].[tables] WHERE [object_id] = OBJECT_ID(N'UserWords') AND [lock_escalation] <> 1)
            ALTER TABLE [UserWords] SET (LOCK_ESCALATION = DISABLE);
        IF EXISTS (SELECT 1 FROM [sys].[tables] WHERE [object_id] = OBJECT_ID(N'UserChanges') AND [lock_escalation] <> 1)
            ALTER TABLE [UserChanges] SET (LOCK_ESCALATION = DISABLE);
        IF EXISTS (SELECT 1 FROM [sys].[tables] WHERE [object_id] = OBJECT_ID(N'FeedQueue') AND [lock_escalation] <> 1)
            ALTER TABLE [FeedQueue] SET (LOCK_ESCALATION = DISABLE);
        """;

    // the databases whose exports block writers, each of which is warned about once
    private static readonly ConcurrentDictionary<string, bool> Warned = new(StringComparer.Ordinal);

    internal override FormattableString TableNames => $"SELECT [name] AS [Value] FROM [sys].[tables] WHERE [schema_id] = SCHEMA_ID()";

    /// <summary>
    /// Locked rows are not committed, and skipped (READPAST), where readers would wait for them. But no row is taken that is newer than the look: the
    /// change before it of the same user may have been skipped as not committed.
    /// </summary>
    internal override string PlaceChanges =>
        """
        UPDATE [FeedEnd] SET [Position] = [Position];
        DECLARE @newest bigint = IDENT_CURRENT(N'FeedQueue');
        DECLARE @taken TABLE ([Id] bigint PRIMARY KEY, [UserId] bigint NOT NULL, [Version] bigint NOT NULL);
        WITH [oldest] AS (SELECT TOP ({0}) * FROM [FeedQueue] WITH (READPAST) WHERE [Id] <= @newest ORDER BY [Id])
        DELETE FROM [oldest] OUTPUT deleted.[Id], deleted.[UserId], deleted.[Version] INTO @taken;
        INSERT INTO [Feed] ([Position], [UserId], [Version])
        SELECT (SELECT [Position] FROM [FeedEnd]) + ROW_NUMBER() OVER (ORDER BY [Id]), [UserId], [Version] FROM @taken;
        UPDATE [FeedEnd] SET [Position] = [Position] + (SELECT COUNT(*) FROM @taken);
        SELECT COUNT(*) AS [Value] FROM @taken;
        """;

    public override bool IsEmailTaken(Exception exception) =>
        exception.GetBaseException() is SqlException rejection && SqlServerErrors.IsUniqueViolation(rejection, UserConfiguration.EmailIndex);

    public override bool IsUserNameTaken(Exception exception) =>
        exception.GetBaseException() is SqlException rejection && SqlServerErrors.IsUniqueViolation(rejection, UserConfiguration.UserNameIndex);

    public override bool IsCancellation(Exception exception, CancellationToken ct) => SqlServerErrors.IsCancellation(exception, ct);

    protected override bool IsKeyConflict(DbUpdateException exception) => exception.InnerException is SqlException rejection
        && (SqlServerErrors.IsUniqueViolation(rejection, "PK_") || SqlServerErrors.IsForeignKeyViolation(rejection));

    /// <summary>As texts are stored that sort or are searched by how they begin.</summary>
    public static byte[] ToUtf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>
    /// A snapshot where the database allows it. Else the export's one statement sees one moment at READ COMMITTED, where that reads row versions.
    /// Else what is read is locked until the end: as true, but writers wait. The opening is retried, because a pool can hold broken connections.
    /// </summary>
    public override Task<UsersDbContext> OpenSnapshotAsync(CancellationToken ct) => Database.CreateExecutionStrategy().ExecuteAsync(
        this,
        (_, token) => BeginAsync(
            new SqlServerUsersDbContext(SnapshotOptions()),
            async snapshot =>
            {
                var settings = await snapshot.Database.GetSnapshotSettingsAsync(token);
                var isolation = settings.HasFlag(SnapshotSettings.Isolation) ? IsolationLevel.Snapshot
                    : settings.HasFlag(SnapshotSettings.ReadCommitted) ? IsolationLevel.ReadCommitted
                    : IsolationLevel.Serializable;
                if (isolation == IsolationLevel.Serializable && Warned.TryAdd(Database.GetConnectionString()!, true))
                    LogExportBlocksWriters(this.GetService<ILoggerFactory>().CreateLogger<SqlServerUsersDbContext>());
                await snapshot.Database.BeginTransactionAsync(isolation, token);
            }),
        ct);

    /// <summary>Also enables row versions where the account has the right to, and disables lock escalation.</summary>
    protected override async Task MigrateWithoutTimeoutAsync(CancellationToken ct)
    {
        try
        {
            await base.MigrateWithoutTimeoutAsync(ct);
        }
        catch (SqlException exception) when (exception.Number == SqlServerErrors.DatabaseExists)
        {
            await base.MigrateWithoutTimeoutAsync(ct); // another process has created it in the meantime
        }

        await Database.ExecuteSqlRawAsync(DisableLockEscalation, ct);
        foreach (var statement in (await Database.GetSnapshotSettingsAsync(ct)).Missing())
        {
            try
            {
                await Database.ExecuteSqlRawAsync(statement, ct);
            }
            catch (SqlException exception) when (exception.Class < SqlServerErrors.SeverityOfResources)
            {
                // without the right to alter the database, for example: the schema is there, and FindAdviceAsync reports what is still off
                LogSettingUnchanged(this.GetService<ILoggerFactory>().CreateLogger<SqlServerUsersDbContext>(), statement, exception.Message);
            }
        }
    }

    public override async Task<string?> FindAdviceAsync(CancellationToken ct) => (await Database.GetSnapshotSettingsAsync(ct)).Advice();

    protected override bool IndicatesUnavailable(Exception cause) => SqlServerErrors.IsUnavailable(cause);

    /// <summary>
    /// SQL Server has no query for the outcome of a transaction, so the service looks for what the transaction wrote. At REPEATABLE READ the look
    /// waits for locks, also where READ_COMMITTED_SNAPSHOT is on: so a COMMIT that is still being worked on has ended before.
    /// </summary>
    protected override async Task<bool> WasCommittedAsync(Func<CancellationToken, Task<WriteTrace>> trace, CancellationToken ct)
    {
        await using var look = await Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        return IsCommitted(await trace(ct));
    }

    internal static bool IsCommitted(WriteTrace trace) => trace switch
    {
        WriteTrace.Exact => true,
        WriteTrace.None => false,
        WriteTrace.Superseded => throw new OutcomeUnknownException(),
    };

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        AsUtf8(modelBuilder.Entity<User>().Property(user => user.EmailKey), EmailAddress.MaxBytes);
        AsUtf8(modelBuilder.Entity<User>().Property(user => user.SortName), NameMaxBytes);
        AsUtf8(modelBuilder.Entity<UserWord>().Property(word => word.Word), NameMaxBytes);

        // a query that repeats the filter of an index needs the filter's column, and would look up every row for it
        foreach (var index in modelBuilder.Entity<User>().Metadata.GetIndexes())
        {
            if (index.GetFilter() is not null && index.Properties.All(property => property.Name != nameof(User.DeletedAt)))
                SqlServerIndexExtensions.SetIncludeProperties(index, new[] { nameof(User.DeletedAt) });
        }
    }

    protected override void UseHiLo(PropertyBuilder<long> id, string sequence) => SqlServerPropertyBuilderExtensions.UseHiLo(id, sequence);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<string>().UseCollation("Latin1_General_100_BIN2");
        configurationBuilder.Properties<DateTimeOffset>().HavePrecision(3); // milliseconds
    }

    /// <summary>
    /// Without retries, so that rows come as they are read, and with a pool of their own: an isolation level survives on a connection in its pool.
    /// </summary>
    private DbContextOptions<SqlServerUsersDbContext> SnapshotOptions()
    {
        var connection = new SqlConnectionStringBuilder(Database.GetConnectionString());
        connection.ApplicationName += " export";
        return new DbContextOptionsBuilder<SqlServerUsersDbContext>(
                (DbContextOptions<SqlServerUsersDbContext>)this.GetService<IDbContextOptions>())
            .UseSqlServer(
                connection.ConnectionString,
                server => server.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)).CommandTimeout(0))
            .Options;
    }

    [LoggerMessage(LogLevel.Warning, "An export blocks writers in this database, because it allows neither SNAPSHOT nor READ_COMMITTED_SNAPSHOT.")]
    private static partial void LogExportBlocksWriters(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "The database rejected '{Statement}': {Reason}")]
    private static partial void LogSettingUnchanged(ILogger logger, string statement, string reason);

    private static void AsUtf8(PropertyBuilder<string> text, int length) =>
        text.HasConversion<Utf8Converter>().HasMaxLength(length).UseCollation(null);

    private sealed class Utf8Converter() : ValueConverter<string, byte[]>(text => ToUtf8(text), bytes => Encoding.UTF8.GetString(bytes));
}
