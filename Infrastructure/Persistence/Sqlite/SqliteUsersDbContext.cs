using System.Data.Common;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence.Feed;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SQLitePCL;

namespace CleanUsers.Infrastructure.Persistence.Sqlite;

/// <summary>The embedded database: texts compare by code point as they are (BINARY), instants are milliseconds since 1970.</summary>
internal sealed class SqliteUsersDbContext(DbContextOptions<SqliteUsersDbContext> options) : UsersDbContext(options)
{
    // SQLite names the columns of the violated index, not the index
    private const string EmailColumn = $"{nameof(Users)}.{nameof(User.EmailKey)}";
    private const string UserNameColumn = $"{nameof(Users)}.{UserConfiguration.UserNameKey}";

    // the connection of the writer whose turn it is
    private SqliteSession? _writing;

    /// <summary>
    /// The id once more, as a virtual column. SQLite's indexes end in the primary key as it is, and then it can't seek by it: a page in the
    /// midst of many users that share a key would scan them.
    /// </summary>
    public override string TieBreaker => "IdInOrders";

    internal override FormattableString TableNames => $"SELECT \"name\" AS \"Value\" FROM \"sqlite_master\" WHERE \"type\" = 'table'";

    public override bool IsEmailTaken(Exception exception) => IsTaken(exception, EmailColumn);

    public override bool IsUserNameTaken(Exception exception) => IsTaken(exception, UserNameColumn);

    private static bool IsTaken(Exception exception, string column) =>
        exception.GetBaseException() is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE } rejection
        && rejection.Message.Contains(column, StringComparison.OrdinalIgnoreCase);

    protected override bool IsKeyConflict(DbUpdateException exception) =>
        exception.InnerException is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_PRIMARYKEY or raw.SQLITE_CONSTRAINT_FOREIGNKEY };

    protected override bool IndicatesUnavailable(Exception cause) => cause is SqliteException error && (IsOutOfReach(error) || LacksSchema(error));

    private static bool LacksSchema(SqliteException error) =>
        error.SqliteErrorCode == raw.SQLITE_ERROR && error.Message.Contains("no such", StringComparison.Ordinal);

    private static bool IsOutOfReach(SqliteException error) => error is
    {
        SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_READONLY or raw.SQLITE_IOERR or raw.SQLITE_FULL
            or raw.SQLITE_CANTOPEN or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB,
    };

    /// <summary>
    /// The writers of the process take turns in the transactions of <see cref="SqliteWriteQueue"/>. SQLite's write lock is taken with the first
    /// statement of a transaction (BEGIN IMMEDIATE): so no transaction reads first and fails later, when it writes.
    /// </summary>
    public override async Task<T> InTransactionAsync<T>(
        Func<CancellationToken, Task<(T Result, bool Commit)>> write, Func<CancellationToken, Task<WriteTrace>>? trace, CancellationToken ct)
    {
        var connectionString = Database.GetConnectionString()!;
        var (result, commit) = await SqliteWriteQueue.Of(connectionString).WriteAsync(
            async (session, transaction) =>
            {
                _writing = session;
                Database.SetDbConnection(session.Connection);
                try
                {
                    await Database.UseTransactionAsync(transaction, ct);
                    return await RunAsync(write, ct);
                }
                finally
                {
                    await Database.UseTransactionAsync(null, CancellationToken.None);
                    Database.SetDbConnection(null);
                    Database.SetConnectionString(connectionString);
                    _writing = null;
                }
            },
            ct);
        if (commit) CountCommitted();
        return result;
    }

    public override DbCommand CommandFor(PreparedStatement statement) =>
        _writing!.Command(statement, Database.CurrentTransaction!.GetDbTransaction());

    /// <summary>
    /// Nothing to do: a change gets its position when it is inserted. Writers take turns, so the order of inserts is that of commits.
    /// </summary>
    public override Task<bool> PlaceChangesAsync(CancellationToken ct) => Task.FromResult(false);

    /// <summary>A transaction that begins to read and never writes: in the write-ahead log, writers go on beside it.</summary>
    public override Task<UsersDbContext> OpenSnapshotAsync(CancellationToken ct) => BeginAsync(
        new SqliteUsersDbContext((DbContextOptions<SqliteUsersDbContext>)this.GetService<IDbContextOptions>()),
        async snapshot =>
        {
            await snapshot.Database.OpenConnectionAsync(ct);
            var connection = (SqliteConnection)snapshot.Database.GetDbConnection();
            await snapshot.Database.UseTransactionAsync(connection.BeginTransaction(deferred: true), ct);
        });

    /// <summary>
    /// Makes the folder too. EF Core marks a migration in progress with a row that outlives a crash, and waits for it to go away, for ever
    /// (dotnet/efcore#38958). So this method first takes a lock of the operating system, which does not outlive its process: a row that the
    /// holder of the lock finds belongs to a dead process.
    /// </summary>
    public override async Task MigrateAsync(CancellationToken ct)
    {
        var file = Path.GetFullPath(Database.GetDbConnection().DataSource);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var alone = await LockAsync($"{file}.migrating", ct);
        await SqliteConnectionSettings.CreateAsync(Database.GetConnectionString()!, ct);
        await Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS \"__EFMigrationsLock\"", ct);
        await base.MigrateAsync(ct);
    }

    /// <summary>Never called: a reply from a file can't be lost, and SQLite's context does not retry. COMMIT itself returns the outcome.</summary>
    protected override Task<bool> WasCommittedAsync(Func<CancellationToken, Task<WriteTrace>> trace, CancellationToken ct) =>
        throw new OutcomeUnknownException();

    protected override IFeedItem ToFeed(long userId, long version) => new FeedEntry { UserId = userId, Version = version };

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>().Property<long>(TieBreaker).HasComputedColumnSql("\"Id\"", stored: false);
        base.OnModelCreating(modelBuilder);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<Milliseconds>();

    // how the framework reports that another process has a file: EAGAIN of Linux and of macOS, and ERROR_SHARING_VIOLATION of Windows
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private static async Task<FileStream> LockAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (HeldByAnother.Contains(exception.HResult))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
            }
        }
    }

    private sealed class Milliseconds() : ValueConverter<DateTimeOffset, long>(
        instant => instant.ToUnixTimeMilliseconds(), milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
