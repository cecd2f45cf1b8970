using System.Data.Common;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CleanUsers.Infrastructure.Persistence;

/// <summary>
/// What PostgreSQL and SQL Server share, which run on another machine. Sequences give ids, a block at a time (hi/lo): a user's id is known before it
/// is written, so that user and search words are written in one round trip.
/// </summary>
internal abstract class ServerUsersDbContext(DbContextOptions options) : UsersDbContext(options)
{
    /// <summary>The sequence of users' ids.</summary>
    internal const string UserIds = nameof(UserIds);

    /// <summary>The sequence of emails' ids.</summary>
    internal const string EmailIds = nameof(EmailIds);

    /// <summary>How many ids a process takes at a time; those that are left when it ends are never given.</summary>
    internal const int IdBlock = 50;

    /// <summary>The connection string with the service's defaults where it does not set them itself.</summary>
    internal static string Complete<T>(string connectionString, T defaults)
        where T : DbConnectionStringBuilder, new() =>
        new T { ConnectionString = $"{defaults.ConnectionString};{connectionString}" }.ConnectionString; // the last of two values counts

    /// <summary>It waits as long as it takes: an index on millions of users takes longer than the timeout of a command.</summary>
    public sealed override async Task MigrateAsync(CancellationToken ct)
    {
        Database.SetCommandTimeout(0);
        try
        {
            await MigrateWithoutTimeoutAsync(ct);
        }
        finally
        {
            Database.SetCommandTimeout(null);
        }
    }

    protected virtual Task MigrateWithoutTimeoutAsync(CancellationToken ct) => base.MigrateAsync(ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasSequence<long>(UserIds).IncrementsBy(IdBlock);
        modelBuilder.HasSequence<long>(EmailIds).IncrementsBy(IdBlock);
        UseHiLo(modelBuilder.Entity<User>().Property(user => user.Id), UserIds);
        UseHiLo(modelBuilder.Entity<Email>().Property(email => email.Id), EmailIds);
    }

    /// <summary>Lets the sequence give the property's values; both providers have an extension method of this name.</summary>
    protected abstract void UseHiLo(PropertyBuilder<long> id, string sequence);
}
