using CleanUsers.Application.Ports;
using CleanUsers.Domain.Emails;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>
/// More requests at a time than the pool of PostgreSQL's driver has connections, each in a transaction: none may wait for a second connection while
/// it has one.
/// </summary>
public sealed class FewConnections(FewConnections.SmallPool store) : IClassFixture<FewConnections.SmallPool>
{
    private readonly SmallPool _store = (SmallPool)store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Users_are_added_in_transactions_across_blocks_of_ids() => await InTransactionsAsync(async (scope, ct) =>
    {
        var user = Sample.User();
        Assert.Equal(AddOutcome.Added, await scope.GetRequiredService<IUserRepository>().AddAsync(user, ct));
        return user.Id;
    });

    [Fact]
    public async Task Users_are_read_in_transactions()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        await InTransactionsAsync(async (scope, ct) =>
        {
            await Task.Delay(10, ct); // until others have the other connections
            Assert.NotNull(await scope.GetRequiredService<IUserReader>().GetAsync(id, ct));
            return id;
        });
    }

    [Fact]
    public async Task Emails_are_added_in_transactions_and_without_across_blocks_of_ids()
    {
        var id = await _store.AddAsync(Sample.User(), Ct);
        var inTransactions = InTransactionsAsync(async (scope, ct) =>
        {
            await AddAsync(scope, ct);
            return id;
        });
        var without = Parallel.ForAsync(0, 120, ThisManyAtOnce, async (_, ct) => await _store.InScopeAsync(scope => AddAsync(scope, ct)));
        await Task.WhenAll(inTransactions, without.WaitAsync(NoWait, Ct));

        async Task<bool> AddAsync(IServiceProvider scope, CancellationToken ct)
        {
            var added = await scope.GetRequiredService<IEmailRepository>().TryAddAsync(Email.Create(id, "S", "T", Sample.Now, "eve"), ct);
            Assert.True(added);
            return added;
        }
    }

    /// <summary>Far longer than it takes, and shorter than a request waits for a connection.</summary>
    private static TimeSpan NoWait => TimeSpan.FromSeconds(20);

    private static ParallelOptions ThisManyAtOnce => new() { MaxDegreeOfParallelism = 8, CancellationToken = Ct };

    private Task InTransactionsAsync(Func<IServiceProvider, CancellationToken, Task<long>> action) => Parallel.ForAsync(
        0, 120, ThisManyAtOnce,
        async (_, ct) =>
        {
            var outcome = await _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
                new($"{Guid.NewGuid()}", "F"), async token => new ResponseToStore(await action(scope, token), ""), TimeSpan.FromMinutes(1), ct));
            Assert.Equal(IdempotencyOutcomeKind.Executed, outcome.Kind);
        }).WaitAsync(NoWait, Ct);

    public sealed class SmallPool() : Store(new PostgreSqlTestDatabase())
    {
        public override IServiceCollection Services() => new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(Clock)
            .AddInfrastructure(
                new DatabaseOptions { Provider = Database.Provider, MigrateOnStartup = true },
                new NpgsqlConnectionStringBuilder(Database.ConnectionString) { MaxPoolSize = 3, Timeout = 60 }.ConnectionString);
    }
}
