using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>The model that all databases share. What is special about one is in its folder: a subclass, migrations and the rest.</summary>
internal abstract class UsersDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<UserWord> Words => Set<UserWord>();

    /// <summary>True where the unique index on the address refused the write.</summary>
    public abstract bool IsEmailTaken(DbUpdateException exception);

    /// <inheritdoc cref="Application.Ports.IDatabase.IsUnavailable"/>
    public abstract bool IsUnavailable(Exception exception);

    /// <summary>Creates or updates the schema.</summary>
    public virtual Task MigrateAsync(CancellationToken ct) => Database.MigrateAsync(ct);

    /// <summary>Writes the users and with them, in the same transaction, the words that a search finds them by.</summary>
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        ChangeTracker.DetectChanges();
        foreach (var entry in ChangeTracker.Entries<User>().ToList()) UserWord.Follow(this, entry);
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfiguration(new UserConfiguration());
        modelBuilder.ApplyConfiguration(new UserWordConfiguration());
    }
}
