using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>The model that all databases share. What is special about one is in its folder: a subclass, migrations and the rest.</summary>
internal abstract class UsersDbContext(DbContextOptions options) : DbContext(options)
{
    // written in a transaction that is not committed yet
    private UserCounts _uncommitted;

    public DbSet<User> Users => Set<User>();

    /// <summary>The property of a user that breaks ties in an order: the id, or its equal.</summary>
    public virtual string TieBreaker => nameof(User.Id);

    public DbSet<UserWord> Words => Set<UserWord>();

    /// <summary>True where the unique index on the address refused the write.</summary>
    public abstract bool IsEmailTaken(DbUpdateException exception);

    /// <summary>True where a row with this primary key is there already.</summary>
    public abstract bool IsDuplicateKey(DbUpdateException exception);

    /// <inheritdoc cref="Application.Ports.IDatabase.IsUnavailable"/>
    public abstract bool IsUnavailable(Exception exception);

    /// <summary>Creates or updates the schema.</summary>
    public virtual Task MigrateAsync(CancellationToken ct) => Database.MigrateAsync(ct);

    /// <summary>Runs some writes as one. Where they say so they are kept, else all are undone.</summary>
    public virtual async Task<T> InTransactionAsync<T>(Func<CancellationToken, Task<(T Result, bool Keep)>> write, CancellationToken ct)
    {
        _uncommitted = default; // what an attempt that failed has left
        await using var transaction = await Database.BeginTransactionAsync(ct);
        var (result, keep) = await write(ct);
        if (!keep)
        {
            ChangeTracker.Clear();
            return result;
        }

        await transaction.CommitAsync(ct);
        _uncommitted.Commit();
        return result;
    }

    /// <summary>Writes the users and with them, in the same transaction, the words that a search finds them by.</summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        ChangeTracker.DetectChanges();
        var users = ChangeTracker.Entries<User>().ToList();
        var counts = UserCounts.Of(users);
        foreach (var entry in users) UserWord.Follow(this, entry);
        var rows = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        if (Database.CurrentTransaction is null) counts.Commit();
        else _uncommitted += counts;
        return rows;
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddRowValues();
        modelBuilder.ApplyConfiguration(new UserConfiguration(TieBreaker));
        modelBuilder.ApplyConfiguration(new UserWordConfiguration());
        modelBuilder.ApplyConfiguration(new IdempotencyRecordConfiguration());
    }
}
