using System.Globalization;
using CleanUsers.Application.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class StoringResponses(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Response_is_replayed_for_a_day_and_then_expires()
    {
        var first = await OnceAsync("day", "kept@example.org");
        Assert.Equal(IdempotencyOutcomeKind.Executed, first.Kind);
        _store.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(first with { Kind = IdempotencyOutcomeKind.Replayed }, await OnceAsync("day", "other@example.org"));

        _store.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await OnceAsync("day", "again@example.org")).Kind); // expired, but not yet deleted
        _store.Clock.Advance(TimeSpan.FromHours(25));
        Assert.NotEqual(0, await DeleteExpiredAsync());
        Assert.Equal(0, await DeleteExpiredAsync());
    }

    [Fact]
    public async Task Same_key_with_another_payload_is_KeyReused()
    {
        await OnceAsync("payload", "payload@example.org");
        Assert.Equal(IdempotencyOutcomeKind.KeyReused, (await OnceAsync("payload", "payload2@example.org", fingerprint: "G")).Kind);
    }

    [Fact]
    public async Task Rejected_request_is_rolled_back_and_not_stored()
    {
        var rejected = await _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new("rejected", "F"),
            async ct =>
            {
                await AddAsync(scope, "undone@example.org", ct);
                return null;
            },
            TimeSpan.FromSeconds(5),
            Ct));
        Assert.Equal(IdempotencyOutcomeKind.Rejected, rejected.Kind);
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await OnceAsync("rejected", "undone@example.org")).Kind);
    }

    [Fact]
    public async Task Exception_rolls_back_the_transaction()
    {
        await Assert.ThrowsAsync<NotSupportedException>(
            () => _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new("thrown", "F"),
            async ct =>
            {
                await AddAsync(scope, "thrown@example.org", ct);
                throw new NotSupportedException();
            },
            TimeSpan.FromSeconds(5),
            Ct)));
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await OnceAsync("thrown", "thrown@example.org")).Kind);
    }

    [Fact]
    public async Task Requests_with_the_key_of_a_request_in_progress_wait_for_its_response()
    {
        var (started, go, arrived) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        var first = Task.Run(() => OnceAsync("wait", "wait@example.org", WaitAsync), Ct);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        var others = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            Interlocked.Increment(ref arrived);
            return OnceAsync("wait", "wait@example.org");
        }, Ct)).ToList();
        while (Volatile.Read(ref arrived) < others.Count) await Task.Delay(10, Ct);
        Assert.DoesNotContain(others, other => other.IsCompleted);
        go.SetResult();
        var outcomes = await Task.WhenAll([first, .. others]);
        Assert.Single(outcomes, outcome => outcome.Kind == IdempotencyOutcomeKind.Executed);
        Assert.Single(outcomes.Select(outcome => outcome.Response).Distinct());

        Task WaitAsync()
        {
            started.TrySetResult();
            return go.Task;
        }
    }

    [Fact]
    public async Task Wait_for_a_request_in_progress_times_out()
    {
        var (started, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = Task.Run(() => OnceAsync("slow", "slow@example.org", WaitAsync), Ct);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        var second = Task.Run(() => OnceAsync("slow", "slow@example.org"), Ct);
        while (!second.IsCompleted)
        {
            _store.Clock.Advance(TimeSpan.FromSeconds(6)); // the first request has the key, and does not wait
            await Task.Delay(20, Ct);
        }

        Assert.Equal(IdempotencyOutcomeKind.InProgress, (await second).Kind);
        go.SetResult();
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await first).Kind);

        Task WaitAsync()
        {
            started.TrySetResult();
            return go.Task;
        }
    }

    [Fact]
    public async Task Purge_erases_the_stored_response_with_the_user()
    {
        var id = long.Parse((await OnceAsync("purged", "purged@example.org")).Response!, CultureInfo.InvariantCulture);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        Assert.True(await _store.PurgeAsync(id, Ct));
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await OnceAsync("purged", "purged@example.org")).Kind);
    }

    private Task<int> DeleteExpiredAsync() => _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(Ct));

    private Task<IdempotencyOutcome> OnceAsync(string scope, string email, Func<Task>? before = null, string fingerprint = "F") =>
        _store.InScopeAsync(services => services.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new(scope, fingerprint),
            async ct =>
            {
                if (before is not null) await before();
                var id = await AddAsync(services, email, ct);
                return new ResponseToStore(id, $"{id}");
            },
            TimeSpan.FromSeconds(5),
            Ct));

    private static async Task<long> AddAsync(IServiceProvider services, string email, CancellationToken ct)
    {
        var user = Sample.User(email);
        var users = services.GetRequiredService<IUserRepository>();
        Assert.Equal(AddOutcome.Added, await users.AddAsync(user, ct));
        return user.Id;
    }
}

public sealed class StoringResponsesOnSqlite(SqliteStore store) : StoringResponses(store), IClassFixture<SqliteStore>;

public sealed class StoringResponsesOnSqlServer(SqlServerStore store) : StoringResponses(store), IClassFixture<SqlServerStore>;

public sealed class StoringResponsesOnPostgreSql(PostgreSqlStore store) : StoringResponses(store), IClassFixture<PostgreSqlStore>;
