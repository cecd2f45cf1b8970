using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>The model that all databases share. What is special about one is in its folder: a subclass, migrations and the rest.</summary>
internal abstract class UsersDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>How often a transaction is tried again that a fault of the moment broke: a deadlock, a lost connection.</summary>
    public const int Retries = 4;

    /// <summary>Between two tries. All together they are far shorter than a request may take.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The sequence that gives ids, a block at a time, where the database is on another machine: a user's id is then known before it is
    /// written, and user and words go there in one round trip.
    /// </summary>
    internal const string UserIds = nameof(UserIds);

    /// <summary>How many ids a process takes at a time; those that it has left are never given.</summary>
    internal const int UserIdBlock = 50;

    public DbSet<User> Users => Set<User>();

    public DbSet<UserWord> Words => Set<UserWord>();

    /// <summary>The property of a user that breaks ties in an order: the id, or its equal.</summary>
    public virtual string TieBreaker => nameof(User.Id);

    /// <summary>Whether the database compares rows, as in <c>(a, b) > (c, d)</c>.</summary>
    public virtual bool ComparesRows => true;

    /// <summary>True where the unique index on the address refused the write.</summary>
    public abstract bool IsEmailTaken(DbUpdateException exception);

    /// <summary>True where somebody came first: a row with this primary key is there already, or the row that it belongs to is gone.</summary>
    public abstract bool IsConflict(DbUpdateException exception);

    /// <inheritdoc cref="Application.Ports.IDatabase.IsUnavailable"/>
    public bool IsUnavailable(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            if (SaysUnavailable(cause)) return true;
        return false;
    }

    /// <summary>Creates or updates the schema.</summary>
    public virtual Task MigrateAsync(CancellationToken ct) => Database.MigrateAsync(ct);

    /// <summary>
    /// Runs some writes as one. Where they say so they are kept, else all are undone. A fault of the moment makes it begin again, unless
    /// it came when all was written already and just the answer was lost.
    /// </summary>
    /// <param name="write">The writes; can run several times.</param>
    /// <param name="wasKept">Looks whether the last run's writes are there.</param>
    /// <param name="ct">Gives up.</param>
    public virtual Task<T> InTransactionAsync<T>(
        Func<CancellationToken, Task<(T Result, bool Keep)>> write, Func<CancellationToken, Task<bool>> wasKept, CancellationToken ct)
    {
        Database.AutoSavepointsEnabled = false; // what fails is undone as a whole
        var (result, committing) = (default(T)!, false);
        return Database.CreateExecutionStrategy().ExecuteAsync(
            this,
            async (_, _, token) =>
            {
                committing = false;
                await using var transaction = await Database.BeginTransactionAsync(token);
                (result, var keep) = await write(token);
                if (keep)
                {
                    committing = true;
                    await transaction.CommitAsync(token);
                }
                else
                {
                    ChangeTracker.Clear();
                }

                return result;
            },
            async (_, _, token) => new ExecutionResult<T>(committing && await wasKept(token), result),
            ct);
    }

    /// <summary>
    /// Another context on the same database, whose reads all see one moment of it. It tries nothing again, and so does not hold results
    /// back: however many rows there are, they come as they are read. To be disposed of.
    /// </summary>
    public abstract Task<UsersDbContext> OpenSnapshotAsync(CancellationToken ct);

    /// <summary>Adds a user, and gives it an id where ids do not come from the table.</summary>
    public Task AddUserAsync(User user, CancellationToken ct) =>
        Database.CreateExecutionStrategy().ExecuteAsync(user, async (added, token) => await AddAsync(added, token), ct);

    /// <summary>Writes the users and with them, in the same transaction, the words that a search finds them by.</summary>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        ChangeTracker.DetectChanges();
        foreach (var entry in ChangeTracker.Entries<UserWord>().ToList()) entry.State = EntityState.Detached; // of a save before
        foreach (var entry in ChangeTracker.Entries<User>().ToList()) UserWord.Follow(this, entry);
        return Database.CurrentTransaction is null
            ? SaveAloneAsync(acceptAllChangesOnSuccess, cancellationToken)
            : base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <summary>True where this fault, or this cause of one, says that the database can't serve.</summary>
    protected abstract bool SaysUnavailable(Exception cause);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddRowValues();
        modelBuilder.ApplyConfiguration(new UserConfiguration(TieBreaker));
        modelBuilder.ApplyConfiguration(new UserWordConfiguration());
        modelBuilder.ApplyConfiguration(new IdempotencyRecordConfiguration());
    }

    private async Task<int> SaveAloneAsync(bool acceptAllChangesOnSuccess, CancellationToken ct)
    {
        // accepted at the end: what is tracked must be as it was where it is written again
        var written = await InTransactionAsync(async token => (await base.SaveChangesAsync(false, token), true), IsWrittenAsync, ct);
        if (acceptAllChangesOnSuccess) ChangeTracker.AcceptAllChanges();
        return written;
    }

    /// <summary>Whether a user is stored as it is here: with it is, or is not, all that was written together with it.</summary>
    private async Task<bool> IsWrittenAsync(CancellationToken ct)
    {
        var entry = ChangeTracker.Entries<User>().First(user => user.State != EntityState.Unchanged);
        var stored = await entry.GetDatabaseValuesAsync(ct);
        if (entry.State == EntityState.Deleted || stored is null) return entry.State == EntityState.Deleted && stored is null;
        return stored.Properties.All(property => property.GetValueComparer().Equals(stored[property], entry.CurrentValues[property]));
    }
}
