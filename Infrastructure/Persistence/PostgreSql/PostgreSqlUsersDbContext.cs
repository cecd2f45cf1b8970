using System.Data;
using CleanUsers.Domain.Emails;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace CleanUsers.Infrastructure.Persistence.PostgreSql;

/// <summary>Texts compare by code point: collation C compares octets of UTF-8.</summary>
internal sealed class PostgreSqlUsersDbContext(DbContextOptions<PostgreSqlUsersDbContext> options) : UsersDbContext(options)
{
    // classes and codes of PostgreSQL's appendix A that say, of a request in order, that the server can't do it now
    private static readonly string[] OutOfReach =
    [
        "08", // connection
        "28", // no right to connect
        "3D000", // no such database
        "53", // out of disk, memory or connections
        "57P", // shutting down or starting up
        "58", // input or output
        "40", // deadlock, after all retries
        "55P03", // lock not to be had
        "25006", // read-only
    ];

    private static readonly string[] LacksSchema = ["42P01", "42703"];

    public override bool IsEmailTaken(DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: UserConfiguration.EmailIndex };

    public override bool IsConflict(DbUpdateException exception) => exception.InnerException is PostgresException refusal && refusal.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => refusal.ConstraintName!.StartsWith("PK_", StringComparison.Ordinal),
        PostgresErrorCodes.ForeignKeyViolation => true,
        _ => false,
    };

    public override async Task<UsersDbContext> OpenSnapshotAsync(CancellationToken ct)
    {
        var withoutRetries = new DbContextOptionsBuilder<PostgreSqlUsersDbContext>((DbContextOptions<PostgreSqlUsersDbContext>)this.GetService<IDbContextOptions>())
            .UseNpgsql(npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)).CommandTimeout(0)).Options;
        var snapshot = new PostgreSqlUsersDbContext(withoutRetries);
        await snapshot.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct); // a snapshot, in PostgreSQL's terms
        return snapshot;
    }

    protected override bool SaysUnavailable(Exception cause) => cause switch
    {
        PostgresException fault => OutOfReach.Concat(LacksSchema).Any(code => fault.SqlState.StartsWith(code, StringComparison.Ordinal)),
        NpgsqlException fault => fault.IsTransient,
        _ => false,
    };

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasSequence<long>(UserIds).IncrementsBy(IdBlock);
        modelBuilder.HasSequence<long>(EmailIds).IncrementsBy(IdBlock);
        // by the class's name: the other provider has such a method, too
        NpgsqlPropertyBuilderExtensions.UseHiLo(modelBuilder.Entity<User>().Property(user => user.Id), UserIds);
        NpgsqlPropertyBuilderExtensions.UseHiLo(modelBuilder.Entity<Email>().Property(email => email.Id), EmailIds);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<string>().UseCollation("C");
}
