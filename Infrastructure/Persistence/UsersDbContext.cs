using System.Data.Common;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.ApiKeys;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using CleanUsers.Infrastructure.Idempotency;
using CleanUsers.Infrastructure.Persistence.Feed;
using CleanUsers.Infrastructure.Persistence.Scim;
using CleanUsers.Infrastructure.Persistence.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>The model that all databases share. What is special about one is in its folder: a subclass, migrations and the rest.</summary>
internal abstract class UsersDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>How often a transaction is retried after a transient failure: a deadlock, a lost connection.</summary>
    public const int Retries = 4;

    /// <summary>Between two attempts. All pauses together are far shorter than the timeout of a request.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    // written in a transaction that is not committed yet
    private UserMetrics _uncommitted;

    /// <summary>The entity that was saved last in the running transaction, and what was done with it; null if nothing was saved.</summary>
    protected (EntityEntry? Entry, EntityState State) LastSaved { get; private set; }

    /// <summary>The user that a statement which is not EF Core's wrote last in the running transaction; null if there was none.</summary>
    protected User? LastWritten { get; private set; }

    public DbSet<User> Users => Set<User>();

    public DbSet<UserWord> Words => Set<UserWord>();

    public DbSet<UserChange> Changes => Set<UserChange>();

    public DbSet<FeedEntry> Feed => Set<FeedEntry>();

    public DbSet<Email> Emails => Set<Email>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookFailure> WebhookFailures => Set<WebhookFailure>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>The property of a user that breaks ties in an order: the id, or its equal.</summary>
    public virtual string TieBreaker => nameof(User.Id);

    /// <summary>True if the unique index on the address rejected the write.</summary>
    public abstract bool IsEmailTaken(Exception exception);

    /// <summary>True if the unique index on the name for SCIM rejected the write.</summary>
    public abstract bool IsUserNameTaken(Exception exception);

    /// <summary>
    /// True if another write came first: the version has changed, a row with this primary key is there already, or the row that it belongs to
    /// is gone.
    /// </summary>
    public bool IsConflict(DbUpdateException exception) => exception is DbUpdateConcurrencyException || IsKeyConflict(exception);

    /// <inheritdoc cref="Application.Ports.IDatabase.IsUnavailable"/>
    public bool IsUnavailable(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (cause is OutcomeUnknownException || IndicatesUnavailable(cause)) return true;
        return false;
    }

    /// <summary>Creates or updates the schema.</summary>
    /// <exception cref="IncompatibleSchemaException">Another build made the schema; nothing is changed.</exception>
    public virtual async Task MigrateAsync(CancellationToken ct)
    {
        var (missing, foreign) = await Database.CreateExecutionStrategy().ExecuteAsync(token => SchemaDifference.FindAsync(this, token), ct);
        if (foreign.Count > 0) throw new IncompatibleSchemaException();
        if (missing.Count > 0) await Database.MigrateAsync(ct); // it would take a lock and compare models even with nothing to do
    }

    /// <summary>
    /// Runs some writes in one transaction. A transient failure makes it begin again, unless it came when the transaction was committed
    /// already and just the reply to COMMIT was lost. On SQLite, whose subclass has a method of its own, there are no transient failures.
    /// </summary>
    /// <param name="write">The writes, and whether to commit them; else all are undone. Can run several times.</param>
    /// <param name="trace">Looks for what the last run wrote; null looks for what it wrote last.</param>
    /// <exception cref="OutcomeUnknownException">The reply to COMMIT was lost, and the database does not show whether the transaction was
    /// committed.</exception>
    public virtual async Task<T> InTransactionAsync<T>(
        Func<CancellationToken, Task<(T Result, bool Commit)>> write, Func<CancellationToken, Task<WriteTrace>>? trace, CancellationToken ct)
    {
        var (result, committing) = (default(T)!, false);
        result = await Database.CreateExecutionStrategy().ExecuteAsync(
            this,
            async (_, _, token) =>
            {
                committing = false;
                await using var transaction = await Database.BeginTransactionAsync(token);
                (result, var commit) = await RunAsync(write, token);
                if (!commit) return result;
                await MarkTransactionAsync(token);
                committing = true;
                await transaction.CommitAsync(token);
                // PostgreSQL ends the wait for a synchronous standby when the commit is cancelled, with success: no standby may have the transaction
                token.ThrowIfCancellationRequested();
                return result;
            },
            async (_, _, token) => new ExecutionResult<T>(committing && await WasCommittedAsync(trace ?? FindLastWriteAsync, token), result),
            ct);
        if (committing) CountCommitted();
        return result;
    }

    /// <summary>Looks, if it must, for what the last run wrote last.</summary>
    public Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<(T Result, bool Commit)>> write, CancellationToken ct) =>
        InTransactionAsync(write, trace: null, ct);

    /// <summary>
    /// Waits until a synchronous standby has all that is committed, where there is one. To be called before what another transaction wrote is
    /// acknowledged: its commit may still wait, or its wait was cancelled.
    /// </summary>
    public virtual Task WaitForStandbyAsync(CancellationToken ct) => Task.CompletedTask;

    /// <inheritdoc cref="Application.Ports.IDatabase.FindPrimaryAsync"/>
    public virtual Task FindPrimaryAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>What an administrator should change of the settings of the database; null if nothing.</summary>
    public virtual Task<string?> FindAdviceAsync(CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>
    /// True if the driver reports the cancellation of the token by another exception than <see cref="OperationCanceledException"/>, where no
    /// execution strategy translates it.
    /// </summary>
    public virtual bool IsCancellation(Exception exception, CancellationToken ct) => false;

    /// <summary>
    /// Another context on the same database, whose reads all see one moment of it. It tries nothing again, and so does not hold results
    /// back: however many rows there are, they come as they are read. To be disposed of.
    /// </summary>
    public abstract Task<UsersDbContext> OpenSnapshotAsync(CancellationToken ct);

    /// <summary>Begins the transaction of a snapshot, which is disposed of if that fails.</summary>
    protected static async Task<UsersDbContext> BeginAsync<T>(T snapshot, Func<T, Task> begin)
        where T : UsersDbContext
    {
        var hasBegun = false;
        try
        {
            await begin(snapshot);
            hasBegun = true;
            return snapshot;
        }
        finally
        {
            if (!hasBegun) await snapshot.DisposeAsync();
        }
    }

    /// <summary>Adds a new entity, and gives it its id where it has one before it is written.</summary>
    public virtual async Task AddWithIdAsync<T>(T entity, CancellationToken ct)
        where T : class => await AddAsync(entity, ct);

    /// <summary>Writes what was added, changed and removed, in the running transaction or in one of its own.</summary>
    /// <param name="write">How; null writes as EF Core does.</param>
    /// <exception cref="DbUpdateException">The database rejects it: see <see cref="IsConflict"/> and <see cref="IsEmailTaken"/>.</exception>
    public async Task SaveAsync(Func<CancellationToken, Task>? write, CancellationToken ct)
    {
        write ??= token => SaveChangesAsync(acceptAllChangesOnSuccess: false, token);
        if (Database.CurrentTransaction is not null) await WriteAsync(write, ct);
        else await InTransactionAsync(async token => (await WriteAsync(write, token), true), ct);
        // only now: if the transaction is retried, the tracked entities must still be as they were
        ChangeTracker.AcceptAllChanges();
    }

    public Task SaveAsync(CancellationToken ct) => SaveAsync(write: null, ct);

    /// <summary>Like a save, where another write may come first.</summary>
    /// <returns>False if another write came first: nothing is written, and what was read before is stale.</returns>
    public async Task<bool> TrySaveAsync(Func<CancellationToken, Task>? write, CancellationToken ct)
    {
        try
        {
            await SaveAsync(write, ct);
            return true;
        }
        catch (DbUpdateException exception) when (IsConflict(exception))
        {
            ChangeTracker.Clear();
            return false;
        }
    }

    public Task<bool> TrySaveAsync(CancellationToken ct) => TrySaveAsync(write: null, ct);

    /// <summary>Takes note of a user that a statement which is not EF Core's has written in the running transaction.</summary>
    /// <param name="given">What the statement returned.</param>
    public virtual void Wrote(User user, object given)
    {
        LastWritten = user;
        _uncommitted += UserMetrics.Of(user);
    }

    /// <summary>Waits between two attempts.</summary>
    /// <param name="attempt">The number of the one before, from 1.</param>
    public static Task PauseAsync(int attempt, CancellationToken ct) => Task.Delay(LongestPause * attempt / Retries, ct);

    /// <summary>
    /// Adds the record of a user's last change to what EF Core writes next: on SQL Server, and in a purge. A <see cref="PreparedUserWriter"/> writes
    /// the record in the command of the user.
    /// </summary>
    public void Record(User user)
    {
        var ofEarlierAttempt = ChangeTracker.Entries().Where(
            entry => entry.Entity is UserChange change ? change.UserId == user.Id : (entry.Entity as IFeedItem)?.UserId == user.Id).ToList();
        foreach (var entry in ofEarlierAttempt) entry.State = EntityState.Detached;
        Add(UserChange.Of(user));
        Add(ToFeed(user.Id, user.Version));
    }

    /// <summary>Erases the state in all records of a user, in the running transaction: what can be null of a record is its state.</summary>
    public Task EraseStatesAsync(long userId, CancellationToken ct)
    {
        var changes = Model.FindEntityType(typeof(UserChange))!;
        var state = changes.GetProperties().Where(property => property.IsNullable).Select(property => $"\"{property.GetColumnName()}\" = NULL");
        var erase = $"UPDATE \"{changes.GetTableName()}\" SET {string.Join(", ", state)} WHERE \"{nameof(UserChange.UserId)}\" = {{0}}";
        return Database.ExecuteSqlRawAsync(erase, [userId], ct);
    }

    /// <summary>Gives changes that are committed, and have no position in the feed yet, the next ones.</summary>
    /// <returns>Whether more of them may be left.</returns>
    public abstract Task<bool> PlaceChangesAsync(CancellationToken ct);

    /// <summary>A command of the running transaction. The context owns it.</summary>
    public virtual DbCommand CommandFor(PreparedStatement statement)
    {
        var command = statement.CreateCommand(Database.GetDbConnection(), HasNamedParameters);
        command.Transaction = Database.CurrentTransaction?.GetDbTransaction();
        return command;
    }

    /// <summary>Whether the driver finds the parameters of a <see cref="PreparedStatement"/> by their names; else by their places.</summary>
    protected virtual bool HasNamedParameters => true;

    /// <summary>What leads a change into the feed: its entry, or its place in the queue for one.</summary>
    protected abstract IFeedItem ToFeed(long userId, long version);

    /// <summary>The query of the names of all tables, as <c>Value</c>.</summary>
    internal abstract FormattableString TableNames { get; }

    /// <summary>True if the database reports a primary key that is there already, or a foreign key that leads nowhere.</summary>
    protected abstract bool IsKeyConflict(DbUpdateException exception);

    /// <summary>Runs the writes in the transaction that has begun.</summary>
    protected async Task<(T Result, bool Commit)> RunAsync<T>(Func<CancellationToken, Task<(T Result, bool Commit)>> write, CancellationToken ct)
    {
        Database.AutoSavepointsEnabled = false; // what fails is undone as a whole
        (_uncommitted, LastSaved, LastWritten) = (default, default, null);
        var outcome = await write(ct);
        if (!outcome.Commit) ChangeTracker.Clear();
        return outcome;
    }

    /// <summary>To be called after the commit.</summary>
    protected void CountCommitted() => _uncommitted.Commit();

    /// <summary>Reads what identifies the running transaction after its end, if the database has such an identifier.</summary>
    protected virtual Task MarkTransactionAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Finds out, on a new connection, whether the transaction was committed whose reply to COMMIT was lost.</summary>
    /// <param name="trace">Looks for what it wrote.</param>
    /// <exception cref="OutcomeUnknownException">The outcome can't be found out.</exception>
    protected abstract Task<bool> WasCommittedAsync(Func<CancellationToken, Task<WriteTrace>> trace, CancellationToken ct);

    /// <summary>True if this exception, or inner exception, means that the database can't serve.</summary>
    protected abstract bool IndicatesUnavailable(Exception cause);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfiguration(new UserConfiguration(TieBreaker));
        modelBuilder.ApplyConfiguration(new UserWordConfiguration());
        modelBuilder.ApplyConfiguration(new UserChangeConfiguration());
        modelBuilder.ApplyConfiguration(new FeedEntryConfiguration());
        modelBuilder.ApplyConfiguration(new FeedMarkConfiguration());
        modelBuilder.ApplyConfiguration(new EmailConfiguration());
        modelBuilder.ApplyConfiguration(new WebhookConfiguration());
        modelBuilder.ApplyConfiguration(new WebhookFailureConfiguration());
        modelBuilder.ApplyConfiguration(new ApiKeyConfiguration());
        modelBuilder.ApplyConfiguration(new IdempotencyRecordConfiguration());
        modelBuilder.ApplyConfiguration(new ScimUserConfiguration());
        modelBuilder.ApplyConfiguration(new ScimEmailConfiguration());
    }

    private async Task<bool> WriteAsync(Func<CancellationToken, Task> write, CancellationToken ct)
    {
        ChangeTracker.DetectChanges(); // once: each look at the entries would detect them again
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            var metrics = UserMetrics.Of(ChangeTracker.Entries<User>());
            // what is written besides, or comes and goes with other writes too, is no evidence of a write
            var saved = ChangeTracker.Entries().FirstOrDefault(
                entry => entry.State != EntityState.Unchanged && entry.Entity is not (UserWord or UserChange or IFeedItem or WebhookFailure));
            LastSaved = (saved, saved?.State ?? EntityState.Detached);
            await write(ct);
            _uncommitted += metrics;
            return true;
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    private Task<WriteTrace> FindLastWriteAsync(CancellationToken ct) => (LastWritten, LastSaved) switch
    {
        ({ } user, _) => this.FindRecordAsync(user, ct),
        (_, ({ } entry, var state)) => WriteEvidence.FindAsync(entry, state, ct),
        _ => Task.FromResult(WriteTrace.Superseded), // only what is no evidence was written
    };
}
