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

namespace CleanUsers.Infrastructure.Persistence.SqlServer;

/// <summary>
/// Texts compare as they are (BIN2). What is sorted, or searched by how it begins, is stored as bytes of UTF-8: those compare by code point,
/// where BIN2 compares nvarchar by units of UTF-16 (docs/decisions/0013-three-databases.md).
/// </summary>
internal sealed class SqlServerUsersDbContext(DbContextOptions<SqlServerUsersDbContext> options) : ServerUsersDbContext(options)
{
    // a code point takes up to four bytes
    private const int NameMaxBytes = 4 * UserName.MaxLength;

    private const int ForeignKeyViolation = 547;
    private const int UniqueIndexViolation = 2601;
    private const int UniqueConstraintViolation = 2627;

    // severities from here on are the server's troubles, not the statement's
    private const int SeverityOfResources = 17;

    // of lesser severity, and yet of a request in order that the server can't do now
    private static readonly int[] OutOfReach =
    [
        -2, // time-out
        1205, 1222, 3960, // deadlock, lock or snapshot not to be had, after all retries
        3906, // read-only
        4060, 4064, 18452, 18456, // no such database, no right to connect
        922, 927, 942, 945, 952, 976, 983, 6005, 17142, // recovering, restoring, offline, shutting down, paused
        40197, 40501, 40613, 49918, 49919, 49920, // busy, in Azure
        207, 208, // the schema lacks a column, a table
    ];

    /// <summary>T-SQL has no comparison of rows.</summary>
    public override bool ComparesRows => false;

    protected override FormattableString TableNames => $"SELECT [name] AS [Value] FROM [sys].[tables] WHERE [schema_id] = SCHEMA_ID()";

    public override bool IsEmailTaken(DbUpdateException exception) =>
        exception.InnerException is SqlException { Number: UniqueIndexViolation or UniqueConstraintViolation } rejection
        && rejection.Message.Contains(UserConfiguration.EmailIndex, StringComparison.OrdinalIgnoreCase);

    protected override bool IsKeyConflict(DbUpdateException exception) =>
        exception.InnerException is SqlException rejection && rejection.Number switch
        {
            UniqueConstraintViolation => rejection.Message.Contains("PK_", StringComparison.OrdinalIgnoreCase),
            ForeignKeyViolation => true,
            _ => false,
        };

    /// <summary>As texts are stored that sort or are searched by how they begin.</summary>
    public static byte[] ToUtf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Where the database does not allow snapshots, what is read is locked until the end: as true, but writers wait.</summary>
    public override async Task<UsersDbContext> OpenSnapshotAsync(CancellationToken ct)
    {
        var withoutRetries = new DbContextOptionsBuilder<SqlServerUsersDbContext>(
                (DbContextOptions<SqlServerUsersDbContext>)this.GetService<IDbContextOptions>())
            .UseSqlServer(server =>
                server.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)).CommandTimeout(0))
            .Options;
        var snapshot = new SqlServerUsersDbContext(withoutRetries);
        var allowed = await snapshot.Database.SqlQuery<int>(
            $"SELECT COUNT(*) AS [Value] FROM [sys].[databases] WHERE [database_id] = DB_ID() AND [snapshot_isolation_state] = 1").ToListAsync(ct);
        await snapshot.Database.BeginTransactionAsync(allowed is [1] ? IsolationLevel.Snapshot : IsolationLevel.Serializable, ct);
        return snapshot;
    }

    protected override bool IndicatesUnavailable(Exception cause) => cause switch
    {
        SqlException error => error.Class >= SeverityOfResources || OutOfReach.Contains(error.Number),
        // how the driver reports that its pool is exhausted
        InvalidOperationException { Source: "Microsoft.Data.SqlClient" } => true,
        _ => false,
    };

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
    }

    protected override void UseHiLo(PropertyBuilder<long> id, string sequence) => SqlServerPropertyBuilderExtensions.UseHiLo(id, sequence);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<string>().UseCollation("Latin1_General_100_BIN2");
        configurationBuilder.Properties<DateTimeOffset>().HavePrecision(3); // milliseconds
    }

    private static void AsUtf8(PropertyBuilder<string> text, int length) =>
        text.HasConversion<Utf8Converter>().HasMaxLength(length).UseCollation(null);

    private sealed class Utf8Converter() : ValueConverter<string, byte[]>(text => ToUtf8(text), bytes => Encoding.UTF8.GetString(bytes));
}
