using System.Data.Common;
using System.Runtime.CompilerServices;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.Infrastructure.Persistence.PostgreSql;
using CleanUsers.TestSupport;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>Failures that break a transaction once: the transaction is retried, and nothing is done twice.</summary>
public sealed class TransientFailures(TransientFailures.FailingStore store) : IClassFixture<TransientFailures.FailingStore>
{
    /// <summary>How many others wait for this connection.</summary>
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))";

    private readonly FailingStore _store = (FailingStore)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public enum Moment
    {
        /// <summary>The connection is lost before the server has the statement.</summary>
        BeforeTheStatement,

        /// <summary>The connection is lost after the commit, before its reply.</summary>
        AfterTheCommit,
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task Create_with_a_transient_failure_adds_one_user(Moment moment)
    {
        _store.FailOnce.Next = moment;
        var user = Sample.User();
        var id = await _store.AddAsync(user, Ct);
        Assert.Null(_store.FailOnce.Next);
        Assert.Single(await FindAsync(user.EmailKey), found => found.Id == id);
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task Change_with_a_transient_failure_is_made_once(Moment moment)
    {
        var user = Sample.User();
        var id = await _store.AddAsync(user, Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var found = (await users.FindToChangeAsync(id, Ct))!;
            found.Replace(found.Details with { Name = null, Age = 7 }, Sample.Now, "eve");
            _store.FailOnce.Next = moment;
            Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(Ct));
            Assert.Equal(2, found.Version);
            return 0;
        });
        Assert.Equal((2, 7), (await FindAsync(user.EmailKey)).Select(found => (found.Version, found.Age)).Single());
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task Purge_with_a_transient_failure_succeeds_once(Moment moment)
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var user = (await users.FindDeletedToChangeAsync(id, Ct))!;
            user.Purge(Sample.Now, "eve");
            _store.FailOnce.Next = moment;
            Assert.Equal(UpdateOutcome.Saved, await users.PurgeAsync(user, Ct));
            Assert.Null(await users.FindDeletedToChangeAsync(id, Ct));
            return 0;
        });
    }

    /// <summary>If it wrote its record first, it would hold a lock that the other one needs next: a deadlock.</summary>
    [Fact]
    public async Task Purge_that_waits_for_another_write_of_the_user_has_written_nothing()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        await using var connection = new NpgsqlConnection(_store.Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var other = await connection.BeginTransactionAsync(Ct);
        await ExecuteAsync($"UPDATE \"Users\" SET \"Age\" = 9 WHERE \"Id\" = {id}");
        var purge = _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var user = (await users.FindDeletedToChangeAsync(id, Ct))!;
            user.Purge(Sample.Now, "eve");
            return await users.PurgeAsync(user, Ct);
        });
        while (await ExecuteAsync($"{Waiting}") == 0) await Task.Delay(10, Ct);
        var written = await ExecuteAsync(
            $"SELECT count(*) FROM pg_locks WHERE relation = '\"UserChanges\"'::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()");
        await other.CommitAsync(Ct);
        Assert.Equal(UpdateOutcome.Saved, await purge);
        Assert.Equal(0, written);

        async Task<long> ExecuteAsync(FormattableString statement)
        {
            await using var command = new NpgsqlCommand(FormattableString.Invariant(statement), connection, other);
            return (long?)await command.ExecuteScalarAsync(Ct) ?? 0;
        }
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task Request_with_an_idempotency_key_and_a_transient_failure_is_executed_once(Moment moment)
    {
        var user = Sample.User();
        var runs = 0;
        var outcome = await _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new($"{moment}", "F"),
            async ct =>
            {
                runs++;
                var mine = Sample.User(user.Email);
                var users = scope.GetRequiredService<IUserRepository>();
                if (runs == 1) _store.FailOnce.Next = moment;
                Assert.Equal(AddOutcome.Added, await users.AddAsync(mine, ct));
                return new ResponseToStore(mine.Id, $"{mine.Id}");
            },
            TimeSpan.FromHours(1),
            Ct));
        Assert.Equal((IdempotencyOutcomeKind.Executed, moment == Moment.BeforeTheStatement ? 2 : 1), (outcome.Kind, runs));
        Assert.Equal(outcome.Response, $"{Assert.Single(await FindAsync(user.EmailKey)).Id}");
    }

    /// <summary>As after a failover to a standby that had not got the last block of ids.</summary>
    [Fact]
    public async Task Record_of_another_user_with_the_same_id_is_no_evidence()
    {
        var user = Sample.User();
        var id = await _store.AddAsync(user, Ct);
        var other = Sample.User();
        await _store.InScopeAsync(async scope =>
        {
            scope.GetRequiredService<UserTable>().SetId(other, id);
            var db = scope.GetRequiredService<UsersDbContext>();
            Assert.Equal((WriteTrace.None, WriteTrace.Exact), (await db.FindRecordAsync(other, Ct), await db.FindRecordAsync(user, Ct)));
            return 0;
        });
    }

    /// <summary>
    /// Two transactions that wait for each other; PostgreSQL cancels the one that detects the deadlock first, which is ours. What the other one has
    /// written is not taken for ours: a deadlock has surely undone it.
    /// </summary>
    [Theory]
    [InlineData("", UpdateOutcome.Saved)]
    [InlineData("""
        INSERT INTO "UserChanges" ("UserId", "Version", "Kind", "UpdatedAt", "UpdatedBy") VALUES ({0}, 2, 4, now(), 'bob');
        DELETE FROM "UserWords" WHERE "UserId" = {0}; DELETE FROM "Users" WHERE "Id" = {0}; COMMIT
        """, UpdateOutcome.Conflict)]
    public async Task Deadlock_is_retried(string erasure, UpdateOutcome outcome)
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        _store.FailOnce.Opened = 0;
        await using var connection = new NpgsqlConnection(_store.Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await ExecuteAsync($"SET deadlock_timeout = '1h'; BEGIN");
        await ExecuteAsync($"INSERT INTO \"UserWords\" (\"Word\", \"UserId\") VALUES ('zoe', {id})");
        // has the user, waits for the word
        var change = _store.ChangeAsync(id, user => user.Replace(user.Details with { Name = Sample.Name("Zoe") }, Sample.Now, "eve"), Ct);
        while (!await IsWaitedForAsync()) await Task.Delay(10, Ct);
        await ExecuteAsync($"UPDATE \"Users\" SET \"Age\" = 9 WHERE \"Id\" = {id}"); // waits for the user
        await ExecuteAsync(FormattableStringFactory.Create(erasure.Length == 0 ? "ROLLBACK" : erasure, id));
        Assert.Equal(outcome, await change);
        Assert.Equal(3, _store.FailOnce.Opened); // to read, to write, to write again

        async Task ExecuteAsync(FormattableString statement)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = FormattableString.Invariant(statement);
            await command.ExecuteNonQueryAsync(Ct);
        }

        async Task<bool> IsWaitedForAsync()
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Waiting;
            return (long)(await command.ExecuteScalarAsync(Ct))! > 0;
        }
    }

    private Task<IReadOnlyList<User>> FindAsync(string emailKey) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IUserReader>().GetByEmailAsync([emailKey], Ct));

    public sealed class FailingStore() : Store(new PostgreSqlTestDatabase())
    {
        public FailOnce FailOnce { get; } = new();

        public override IServiceCollection Services() => base.Services().Intercept(FailOnce)
            .AddSingleton<IPreparedConnections>(
                provider => new FailingConnections(ActivatorUtilities.CreateInstance<PostgreSqlConnections>(provider), FailOnce))
            .AddSingleton<IUserWriter>(provider => new FailingWriter(ActivatorUtilities.CreateInstance<PostgreSqlUserWriter>(provider), FailOnce));
    }

    /// <summary>Of statements that are not EF Core's, and transactions by themselves: no interceptor sees them.</summary>
    private sealed class FailingConnections(IPreparedConnections connections, FailOnce failOnce) : IPreparedConnections
    {
        public string Find => connections.Find;

        public async ValueTask<PreparedConnection> OpenAsync(CancellationToken ct)
        {
            failOnce.Opened++;
            return new FailingConnection(await connections.OpenAsync(ct), failOnce);
        }
    }

    private sealed class FailingConnection(PreparedConnection connection, FailOnce failOnce) : PreparedConnection
    {
        public override DbCommand Command(PreparedStatement statement)
        {
            failOnce.BreakAt(Moment.BeforeTheStatement);
            return connection.Command(statement);
        }

        public override void Complete()
        {
            failOnce.BreakAt(Moment.AfterTheCommit);
            connection.Complete();
        }

        public override ValueTask DisposeAsync() => connection.DisposeAsync();
    }

    /// <summary>The same for statements in a transaction of EF Core.</summary>
    private sealed class FailingWriter(IUserWriter writer, FailOnce failOnce) : IUserWriter
    {
        public Task AddAsync(ScopedContext db, User user, CancellationToken ct)
        {
            if (db.IsInTransaction) failOnce.BreakAt(Moment.BeforeTheStatement);
            return writer.AddAsync(db, user, ct);
        }

        public Task UpdateAsync(ScopedContext db, IReadOnlyList<FoundUser> users, CancellationToken ct) => writer.UpdateAsync(db, users, ct);
    }

    /// <summary>Throws once, at the given point, the exception of a lost connection.</summary>
    public sealed class FailOnce : IDbCommandInterceptor, IDbTransactionInterceptor
    {
        public Moment? Next { get; set; }

        public int Opened { get; set; }

        public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            BreakAt(Moment.BeforeTheStatement);
            return ValueTask.FromResult(result);
        }

        public Task TransactionCommittedAsync(
            DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            BreakAt(Moment.AfterTheCommit);
            return Task.CompletedTask;
        }

        public void BreakAt(Moment moment)
        {
            if (Next != moment) return;
            Next = null;
            throw new NpgsqlException("The connection is lost.", new IOException());
        }
    }
}
