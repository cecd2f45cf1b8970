using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>The model that all databases share. What is special about one is in its folder: a subclass, migrations and the rest.</summary>
internal abstract class UsersDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    /// <summary>True where the unique index on the address refused the write.</summary>
    public abstract bool IsEmailTaken(DbUpdateException exception);

    /// <inheritdoc cref="Application.Ports.IDatabase.IsUnavailable"/>
    public abstract bool IsUnavailable(Exception exception);

    /// <summary>Creates or updates the schema.</summary>
    public virtual Task MigrateAsync(CancellationToken ct) => Database.MigrateAsync(ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyConfiguration(new UserConfiguration());
}
