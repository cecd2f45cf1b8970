using System.Data;
using CleanUsers.Domain.ApiKeys;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using CleanUsers.Infrastructure.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>Texts compare by code point: collation C compares bytes of UTF-8.</summary>
internal sealed class PostgreSqlUsersDbContext(DbContextOptions<PostgreSqlUsersDbContext> options) : ServerUsersDbContext(options)
{
    // classes and codes of PostgreSQL's appendix A which mean that the server can't execute a valid request now
    private static readonly string[] OutOfReach =
    [
        "08", // connection
        "28", // no right to connect
        "3D000", // no such database
        "53", // out of disk, memory or connections
        "57014", // cancelled by an administrator, or because it took longer than the server allows; what we cancel ourselves has another exception
        "57P", // shutting down or starting up
        "58", // input or output
        "40", // deadlock, after all retries
        "42501", // no right to a table, a sequence, the schema
        "55P03", // lock not to be had
        "25006", // read-only
        "25P03", "25P04", // the server's limits of the time of a transaction
    ];

    /// <summary>The system column of the transaction that wrote a row.</summary>
    internal const string Xmin = "xmin";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly string[] AlreadyThere =
    [
        PostgresErrorCodes.DuplicateTable, PostgresErrorCodes.DuplicateColumn, PostgresErrorCodes.DuplicateObject, PostgresErrorCodes.UniqueViolation,
    ];

    private static readonly string[] LacksSchema = ["42P01", "42703"];

    // the lower 32 bits of the id of the running transaction
    private long _transaction;

    internal override FormattableString TableNames => $"SELECT tablename::text AS \"Value\" FROM pg_tables WHERE schemaname = current_schema()";

    protected override bool HasNamedParameters => PostgreSqlConnections.HasNamedParameters;

    internal override string PlaceChanges =>
        """
        UPDATE "FeedEnd" SET "Position" = "Position";
        WITH "Taken" AS (
                DELETE FROM "FeedQueue" WHERE "Id" IN (SELECT "Id" FROM "FeedQueue" ORDER BY "Id" LIMIT {0}) RETURNING "Id", "UserId", "Version"),
            "Placed" AS (
                INSERT INTO "Feed" ("Position", "UserId", "Version")
                SELECT (SELECT "Position" FROM "FeedEnd") + row_number() OVER (ORDER BY "Id"), "UserId", "Version" FROM "Taken" RETURNING "Position")
        UPDATE "FeedEnd" SET "Position" = "Position" + (SELECT count(*) FROM "Placed") RETURNING (SELECT count(*)::int FROM "Placed") AS "Value"
        """;

    public override bool IsEmailTaken(Exception exception) => IsTaken(exception, UserConfiguration.EmailIndex);

    public override bool IsUserNameTaken(Exception exception) => IsTaken(exception, UserConfiguration.UserNameIndex);

    private static bool IsTaken(Exception exception, string index) =>
        exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } rejection
        && rejection.ConstraintName == index;

    protected override bool IsKeyConflict(DbUpdateException exception) =>
        exception.InnerException is PostgresException rejection && rejection.SqlState switch
        {
            PostgresErrorCodes.UniqueViolation => rejection.ConstraintName!.StartsWith("PK_", StringComparison.Ordinal),
            PostgresErrorCodes.ForeignKeyViolation => true,
            _ => false,
        };

    public override Task<UsersDbContext> OpenSnapshotAsync(CancellationToken ct)
    {
        var withoutRetries = new DbContextOptionsBuilder<PostgreSqlUsersDbContext>(
                (DbContextOptions<PostgreSqlUsersDbContext>)this.GetService<IDbContextOptions>())
            .UseNpgsql(npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)).CommandTimeout(0)).Options;
        return BeginAsync(
            new PostgreSqlUsersDbContext(withoutRetries),
            snapshot => snapshot.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct)); // a snapshot, in PostgreSQL's terms
    }

    /// <summary>
    /// Each migration is a transaction of its own, and EF Core's lock ends with it: of two processes that migrate at once, one may come to a
    /// migration of its list that the other one has just made. Its own attempt is undone, and it goes on with what is left.
    /// </summary>
    protected override async Task MigrateWithoutTimeoutAsync(CancellationToken ct)
    {
        while (true)
        {
            var missing = (await Database.GetPendingMigrationsAsync(ct)).Count();
            try
            {
                await base.MigrateWithoutTimeoutAsync(ct);
                return;
            }
            catch (PostgresException exception) when (
                exception.SqlState == PostgresErrorCodes.DuplicateDatabase || exception.ConstraintName == "pg_database_datname_index")
            {
                // another process has created the database in the meantime
            }
            catch (PostgresException exception) when (AlreadyThere.Contains(exception.SqlState))
            {
                if ((await Database.GetPendingMigrationsAsync(ct)).Count() == missing) throw;
            }
        }
    }

    /// <summary>
    /// A row names the transaction that wrote it in its system column xmin, which a save returns with the row. Where no row was inserted or
    /// updated, finding its id costs a round trip.
    /// </summary>
    protected override async Task MarkTransactionAsync(CancellationToken ct)
    {
        if (LastWritten is not null) return; // its statement returned the id
        _transaction = LastSaved is { State: EntityState.Added or EntityState.Modified, Entry: { } entry }
                && entry.Metadata.FindProperty(Xmin) is not null
            ? (uint)entry.Property(Xmin).CurrentValue!
            : await Database.SqlQuery<long>($"SELECT pg_current_xact_id()::text::bigint % 4294967296 AS \"Value\"").SingleAsync(ct);
    }

    public override void Wrote(User user, object given)
    {
        base.Wrote(user, given);
        _transaction = (uint)given;
    }

    /// <summary>
    /// Queries the outcome by the transaction's id, and looks for what it wrote too: after a crash of the server, the id of a transaction that was
    /// not written to its log yet is given to another transaction.
    /// </summary>
    protected override async Task<bool> WasCommittedAsync(Func<CancellationToken, Task<WriteTrace>> trace, CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; ; waited += Poll)
        {
            switch (await GetStatusAsync(ct))
            {
                case "aborted": return false;
                case "committed" when await trace(ct) != WriteTrace.None:
                    await WaitForStandbyAsync(ct);
                    return true;
                case "in progress" when waited < LongestWait: break; // the server has not noticed yet that the connection is lost
                default: throw new OutcomeUnknownException();
            }

            await Task.Delay(Poll, ct);
        }
    }

    /// <summary>
    /// <c>committed</c>, <c>aborted</c>, <c>in progress</c>, or null if the server no longer has the outcome of so old a transaction. An id that was
    /// not given yet is one that the server lost in a crash, and the transaction with it. The upper half of the id, which xmin lacks, is that of the
    /// present.
    /// </summary>
    private Task<string?> GetStatusAsync(CancellationToken ct) => Database.SqlQuery<string?>(
        $"""
        SELECT CASE WHEN age({_transaction}::text::xid) <= 0 THEN 'aborted'
            ELSE pg_xact_status(
                (present + (({_transaction} - present % 4294967296 + 6442450944) % 4294967296 - 2147483648))::text::xid8) END AS "Value"
        FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS present) AS snapshot
        """).SingleAsync(ct);

    /// <summary>A commit waits for the standby only if it has written something, such as a message that nobody reads.</summary>
    public override async Task WaitForStandbyAsync(CancellationToken ct)
    {
        await Database.ExecuteSqlAsync(
            $"SELECT CASE WHEN current_setting('synchronous_standby_names') <> '' THEN pg_logical_emit_message(true, 'CleanUsers', '') END", ct);
        ct.ThrowIfCancellationRequested(); // a wait that is cancelled ends with success here, too
    }

    public override Task FindPrimaryAsync(CancellationToken ct) => this.GetService<PostgreSqlServers>().FindPrimaryAsync(ct);

    protected override bool IndicatesUnavailable(Exception cause) => cause switch
    {
        PostgresException error => OutOfReach.Concat(LacksSchema).Any(code => error.SqlState.StartsWith(code, StringComparison.Ordinal)),
        NpgsqlException error => error.IsTransient || error.InnerException is null, // without a cause: no server is the primary
        // the driver lost track of the protocol, such as after a cancelled BEGIN, and has closed the connection (npgsql/npgsql#5803)
        _ => cause.GetType() == typeof(Exception) && cause.Source == nameof(Npgsql),
    };

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        foreach (var entity in (Type[])[typeof(User), typeof(Email), typeof(Webhook), typeof(ApiKey), typeof(IdempotencyRecord)])
            modelBuilder.Entity(entity).Property<uint>(Xmin).HasColumnType("xid").ValueGeneratedOnAddOrUpdate();
    }

    protected override void UseHiLo(PropertyBuilder<long> id, string sequence) => NpgsqlPropertyBuilderExtensions.UseHiLo(id, sequence);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<string>().UseCollation("C");
}
