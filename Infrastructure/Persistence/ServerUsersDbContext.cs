using System.Data;
using System.Data.Common;
using CleanUsers.Domain.ApiKeys;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using CleanUsers.Infrastructure.Persistence.Feed;
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

    /// <summary>The sequence of webhooks' ids.</summary>
    internal const string WebhookIds = nameof(WebhookIds);

    /// <summary>The sequence of API keys' ids.</summary>
    internal const string ApiKeyIds = nameof(ApiKeyIds);

    /// <summary>How many ids a process takes at a time; those that are left when it ends are never given.</summary>
    internal const int IdBlock = 50;

    /// <summary>How many changes get their positions in one transaction.</summary>
    private const int PlacedAtATime = 10_000;

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

    /// <summary>
    /// Opens a connection first: to take a block of ids needs one, and the requests that wait for the block may hold all the others in their
    /// transactions.
    /// </summary>
    public sealed override Task AddWithIdAsync<T>(T entity, CancellationToken ct) => Database.CreateExecutionStrategy().ExecuteAsync(
        entity,
        async (added, token) =>
        {
            await Database.OpenConnectionAsync(token);
            try
            {
                await AddAsync(added, token);
            }
            finally
            {
                await Database.CloseConnectionAsync();
            }
        },
        ct);

    /// <summary>
    /// One transaction at a time does so, by the lock of <see cref="FeedEnd"/>: so positions have no gaps, and what is committed always has those
    /// from 1 to some number. It reads the queue in a statement of its own after the lock, at READ COMMITTED whatever the default is: then it sees
    /// what the holder of the lock before it has taken from the queue, and never waits for writers that are not committed yet.
    /// </summary>
    public sealed override async Task<bool> PlaceChangesAsync(CancellationToken ct)
    {
        if (!await Set<QueuedChange>().AnyAsync(ct)) return false;
        var placed = await Database.CreateExecutionStrategy().ExecuteAsync(
            async token =>
            {
                await using var transaction = await Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, token);
                var count = await Database.SqlQueryRaw<int>(PlaceChanges, PlacedAtATime).ToListAsync(token);
                await transaction.CommitAsync(token);
                return count.Single();
            },
            ct);
        return placed == PlacedAtATime;
    }

    protected virtual Task MigrateWithoutTimeoutAsync(CancellationToken ct) => base.MigrateAsync(ct);

    /// <summary>
    /// Locks the end of the feed, moves changes from the queue into it, in the order of their ids, and returns their number as <c>Value</c>. The
    /// parameter is the highest number.
    /// </summary>
    internal abstract string PlaceChanges { get; }

    protected sealed override IFeedItem ToFeed(long userId, long version) => new QueuedChange { UserId = userId, Version = version };

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<FeedEntry>().Property(entry => entry.Position).ValueGeneratedNever();
        modelBuilder.Entity<QueuedChange>().ToTable("FeedQueue");
        modelBuilder.Entity<FeedEnd>(end =>
        {
            end.ToTable("FeedEnd");
            end.Property(row => row.Id).ValueGeneratedNever();
            end.HasData(new FeedEnd { Id = FeedEnd.OnlyId });
        });
        modelBuilder.HasSequence<long>(UserIds).IncrementsBy(IdBlock);
        modelBuilder.HasSequence<long>(EmailIds).IncrementsBy(IdBlock);
        modelBuilder.HasSequence<long>(WebhookIds).IncrementsBy(IdBlock);
        modelBuilder.HasSequence<long>(ApiKeyIds).IncrementsBy(IdBlock);
        UseHiLo(modelBuilder.Entity<User>().Property(user => user.Id), UserIds);
        UseHiLo(modelBuilder.Entity<Email>().Property(email => email.Id), EmailIds);
        UseHiLo(modelBuilder.Entity<Webhook>().Property(webhook => webhook.Id), WebhookIds);
        UseHiLo(modelBuilder.Entity<ApiKey>().Property(key => key.Id), ApiKeyIds);
    }

    /// <summary>Lets the sequence give the property's values; both providers have an extension method of this name.</summary>
    protected abstract void UseHiLo(PropertyBuilder<long> id, string sequence);
}
