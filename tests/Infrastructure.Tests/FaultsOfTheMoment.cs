using System.Data.Common;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.TestSupport;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>What breaks a transaction once and would not break it again: it is tried again, and nothing is done twice.</summary>
public sealed class FaultsOfTheMoment(FaultsOfTheMoment.Shaky store) : IClassFixture<FaultsOfTheMoment.Shaky>
{
    private readonly Shaky _store = (Shaky)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public enum Moment
    {
        /// <summary>The connection is lost before the server has the statement.</summary>
        BeforeTheStatement,

        /// <summary>The connection is lost after the commit, and with it the answer.</summary>
        AfterTheCommit,
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task A_user_is_created_once(Moment moment)
    {
        _store.Trouble.Next = moment;
        var user = Sample.User();
        var id = await _store.AddAsync(user, Ct);
        Assert.Null(_store.Trouble.Next);
        Assert.Single(await ListAsync(user.EmailKey), found => found.Id == id);
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task A_user_is_changed_once(Moment moment)
    {
        var user = Sample.User();
        var id = await _store.AddAsync(user, Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var found = (await users.FindToChangeAsync(id, Ct))!;
            found.Apply(new UserPatch(Name: null, Age: 7), Sample.Now, "eve");
            _store.Trouble.Next = moment;
            Assert.Equal(UpdateOutcome.Saved, await users.UpdateAsync(Ct));
            Assert.Equal(2, found.Version);
            return 0;
        });
        Assert.Equal((2, 7), (await ListAsync(user.EmailKey)).Select(found => (found.Version, found.Age)).Single());
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task A_user_is_purged_once(Moment moment)
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var user = (await users.FindDeletedToChangeAsync(id, Ct))!;
            _store.Trouble.Next = moment;
            Assert.True(await users.TryPurgeAsync(user, Ct));
            Assert.Null(await users.FindDeletedToChangeAsync(id, Ct));
            return 0;
        });
    }

    [Theory]
    [InlineData(Moment.BeforeTheStatement)]
    [InlineData(Moment.AfterTheCommit)]
    public async Task What_has_an_idempotency_key_is_done_once(Moment moment)
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
                if (runs == 1) _store.Trouble.Next = moment;
                Assert.Equal(AddOutcome.Added, await users.AddAsync(mine, ct));
                return new ResponseToStore(mine.Id, $"{mine.Id}");
            },
            TimeSpan.FromHours(1),
            Ct));
        Assert.Equal((IdempotencyOutcomeKind.Executed, moment == Moment.BeforeTheStatement ? 2 : 1), (outcome.Kind, runs));
        Assert.Equal(outcome.Response, $"{Assert.Single(await ListAsync(user.EmailKey)).Id}");
    }

    /// <summary>Two transactions that wait for each other; PostgreSQL breaks the one that finds out first, which is ours.</summary>
    [Fact]
    public async Task A_deadlock_is_tried_again()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await using var connection = new NpgsqlConnection(_store.Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await ExecuteAsync($"SET deadlock_timeout = '1h'; BEGIN");
        await ExecuteAsync($"UPDATE \"Users\" SET \"Age\" = 9 WHERE \"Id\" = {id}");
        var change = _store.ChangeAsync(id, user => user.Apply(new UserPatch(Name: Sample.Name("Zoe")), Sample.Now, "eve"), Ct); // has the word, waits for the user
        while (!await IsWaitedForAsync()) await Task.Delay(10, Ct);
        await ExecuteAsync($"INSERT INTO \"UserWords\" VALUES ({id}, 'zoe')"); // waits for the word
        await ExecuteAsync($"ROLLBACK");
        Assert.Equal(UpdateOutcome.Saved, await change);
        Assert.NotEqual(0, _store.Trouble.Deadlocks);

        async Task ExecuteAsync(FormattableString statement)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = FormattableString.Invariant(statement);
            await command.ExecuteNonQueryAsync(Ct);
        }

        async Task<bool> IsWaitedForAsync()
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM pg_locks WHERE NOT granted";
            return (long)(await command.ExecuteScalarAsync(Ct))! > 0;
        }
    }

    private Task<IReadOnlyList<User>> ListAsync(string emailKey) => _store.InScopeAsync(scope =>
        scope.GetRequiredService<IUserReader>().ListAsync(new(false, new(EmailKey: emailKey), new(UserSortKey.Id, false), 10, null), Ct));

    public sealed class Shaky() : Store(new PostgreSqlTestDatabase())
    {
        public Trouble Trouble { get; } = new();

        public override IServiceCollection Services() => base.Services().Intercept(Trouble);
    }

    /// <summary>Makes, once, at a moment, what a driver makes of a lost connection.</summary>
    public sealed class Trouble : IDbCommandInterceptor, IDbTransactionInterceptor
    {
        public Moment? Next { get; set; }

        public int Deadlocks { get; private set; }

        public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            BreakAt(Moment.BeforeTheStatement);
            return ValueTask.FromResult(result);
        }

        public Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            if (eventData.Exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected }) Deadlocks++;
            return Task.CompletedTask;
        }

        public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            BreakAt(Moment.AfterTheCommit);
            return Task.CompletedTask;
        }

        private void BreakAt(Moment moment)
        {
            if (Next != moment) return;
            Next = null;
            throw new NpgsqlException("The connection is lost.", new IOException());
        }
    }
}
