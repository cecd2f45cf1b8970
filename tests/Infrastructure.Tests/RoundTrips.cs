using System.Data.Common;
using CleanUsers.Application.Ports;
using CleanUsers.TestSupport;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>How many commands go to the database for an operation, and how many rows come back.</summary>
public abstract class RoundTrips(RoundTrips.Watched store)
{
    private readonly Watched _store = (Watched)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_of_a_user_is_one_command()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        Assert.Equal(1, (await CountAsync(scope => scope.GetRequiredService<IUserReader>().GetAsync(id, Ct))).Commands);
    }

    [Fact]
    public async Task Page_is_one_command_and_the_requested_number_of_rows()
    {
        for (var i = 0; i < 10; i++) await _store.AddAsync(Sample.User(name: $"Page {i}"), Ct);
        foreach (var key in Enum.GetValues<UserSortKey>().Where(key => key != UserSortKey.DeletedAt))
        {
            foreach (var after in (UserPosition?[])[null, new(1, "", Sample.Now.AddDays(-1))])
            {
                var query = new UserQuery(false, new(), new(key, false), 6, after);
                var read = 0;
                var (commands, _) = await CountAsync(
                    async scope => read = (await scope.GetRequiredService<IUserReader>().ListAsync(query, Ct)).Count);
                Assert.Equal((1, 6), (commands, read));
            }
        }
    }

    [Fact]
    public async Task Search_is_one_more_command_however_many_words_it_has()
    {
        await _store.AddAsync(Sample.User(name: "Rarissima"), Ct);
        var query = new UserQuery(false, new(Words: ["rarissi", "user", "example"]), new(UserSortKey.Name, false), 51, null);
        var found = 0;
        var (commands, _) = await CountAsync(
            async scope => found = (await scope.GetRequiredService<IUserReader>().ListAsync(query, Ct)).Count);
        Assert.Equal((2, 1), (commands, found));
    }

    [Fact]
    public async Task Create_with_search_words_is_one_round_trip()
    {
        await _store.AddAsync(Sample.User(), Ct); // takes a block of ids
        var user = Sample.User(name: "Ada Lovelace");
        var (commands, _) = await CountAsync(scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            return users.AddAsync(user, Ct);
        });
        Assert.Equal(1, commands);
    }

    [Fact]
    public async Task Change_is_one_read_and_one_write()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        var (commands, _) = await CountAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            var user = (await users.FindToChangeAsync(id, Ct))!;
            user.Replace(user.Details with { Age = 7 }, Sample.Now, "eve");
            return await users.UpdateAsync(Ct);
        });
        Assert.Equal(2, commands);
    }

    [Fact]
    public async Task Start_on_the_schema_of_this_build_asks_what_was_applied_and_does_not_migrate()
    {
        var (commands, _) = await CountAsync(async scope =>
        {
            await scope.GetRequiredService<IDatabase>().MigrateAsync(Ct);
            return true;
        });
        Assert.InRange(commands, 1, 5); // seven and more where EF Core looks for something to migrate
    }

    private async Task<(int Commands, int Rows)> CountAsync<T>(Func<IServiceProvider, Task<T>> action)
    {
        var commands = await _store.CommandRecorder.CountAsync(() => _store.InScopeAsync(action));
        return (commands, _store.CommandRecorder.Rows);
    }

    public abstract class Watched(TestDatabase database) : Store(database)
    {
        public CommandRecorder CommandRecorder { get; } = new();

        public TransactionRecorder TransactionRecorder { get; } = new();

        public override IServiceCollection Services() => base.Services().Intercept(CommandRecorder, TransactionRecorder);
    }

    /// <summary>Counts the transactions of EF Core.</summary>
    public sealed class TransactionRecorder : DbTransactionInterceptor
    {
        public int Begun { get; private set; }

        public override ValueTask<DbTransaction> TransactionStartedAsync(
            DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        {
            Begun++;
            return base.TransactionStartedAsync(connection, eventData, result, cancellationToken);
        }
    }

    public sealed class WatchedSqlite() : Watched(new SqliteTestDatabase());

    public sealed class WatchedSqlServer() : Watched(new SqlServerTestDatabase());

    public sealed class WatchedPostgreSql() : Watched(new PostgreSqlTestDatabase());
}

public sealed class RoundTripsOnSqlite(RoundTrips.WatchedSqlite store) : RoundTrips(store), IClassFixture<RoundTrips.WatchedSqlite>;

public sealed class RoundTripsOnSqlServer(RoundTrips.WatchedSqlServer store) : RoundTrips(store), IClassFixture<RoundTrips.WatchedSqlServer>;

public sealed class RoundTripsOnPostgreSql(RoundTrips.WatchedPostgreSql store) : RoundTrips(store), IClassFixture<RoundTrips.WatchedPostgreSql>
{
    /// <summary>BEGIN goes with the first statement, but COMMIT is a round trip of its own.</summary>
    [Fact]
    public async Task Write_of_one_user_is_a_transaction_by_itself()
    {
        var begun = store.TransactionRecorder.Begun;
        var id = await store.AddAsync(Sample.User(), TestContext.Current.CancellationToken);
        await store.ChangeAsync(id, user => user.Replace(user.Details with { Age = 7 }, Sample.Now, "eve"), TestContext.Current.CancellationToken);
        Assert.Equal(begun, store.TransactionRecorder.Begun);
    }
}
