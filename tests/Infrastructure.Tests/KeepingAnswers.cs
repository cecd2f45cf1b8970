using System.Globalization;
using CleanUsers.Application.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class KeepingAnswers(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_replayed_for_a_day_and_forgotten_then()
    {
        var first = await OnceAsync("day", "kept@example.org");
        Assert.Equal(IdempotencyOutcomeKind.Executed, first.Kind);
        _store.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(first with { Kind = IdempotencyOutcomeKind.Replayed }, await OnceAsync("day", "other@example.org"));

        _store.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await OnceAsync("day", "again@example.org")).Kind); // expired, and not yet deleted
        _store.Clock.Advance(TimeSpan.FromHours(25));
        Assert.NotEqual(0, await DeleteExpiredAsync());
        Assert.Equal(0, await DeleteExpiredAsync());
    }

    [Fact]
    public async Task Another_payload_is_told_apart()
    {
        await OnceAsync("payload", "payload@example.org");
        Assert.Equal(IdempotencyOutcomeKind.KeyReused, (await OnceAsync("payload", "payload2@example.org", fingerprint: "G")).Kind);
    }

    [Fact]
    public async Task A_refusal_undoes_what_was_written_and_is_not_kept()
    {
        var refused = await _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new("refused", "F"),
            async ct =>
            {
                await AddAsync(scope, "undone@example.org", ct);
                return null;
            },
            TimeSpan.FromSeconds(5),
            Ct));
        Assert.Equal(IdempotencyOutcomeKind.Rejected, refused.Kind);
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await OnceAsync("refused", "undone@example.org")).Kind);
    }

    [Fact]
    public async Task An_exception_undoes_what_was_written()
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
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
    public async Task Whoever_comes_while_the_first_is_on_its_way_waits_for_its_answer()
    {
        var go = new TaskCompletionSource();
        var first = Task.Run(() => OnceAsync("wait", "wait@example.org", before: go.Task), Ct);
        var others = Enumerable.Range(0, 8).Select(_ => Task.Run(() => OnceAsync("wait", "wait@example.org"), Ct)).ToList();
        await Task.Delay(200, Ct);
        go.SetResult();
        var outcomes = await Task.WhenAll([first, .. others]);
        Assert.Single(outcomes, outcome => outcome.Kind == IdempotencyOutcomeKind.Executed);
        Assert.Single(outcomes.Select(outcome => outcome.Response).Distinct());
    }

    [Fact]
    public async Task Patience_ends()
    {
        var go = new TaskCompletionSource();
        var first = Task.Run(() => OnceAsync("slow", "slow@example.org", before: go.Task), Ct);
        await Task.Delay(200, Ct);
        var second = Task.Run(() => OnceAsync("slow", "slow@example.org"), Ct);
        while (!second.IsCompleted)
        {
            _store.Clock.Advance(TimeSpan.FromSeconds(6)); // the first one's patience is longer
            await Task.Delay(20, Ct);
        }

        Assert.Equal(IdempotencyOutcomeKind.InProgress, (await second).Kind);
        go.SetResult();
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await first).Kind);
    }

    [Fact]
    public async Task Purging_a_user_erases_the_answer_that_shows_it()
    {
        var id = long.Parse((await OnceAsync("purged", "purged@example.org")).Response!, CultureInfo.InvariantCulture);
        await _store.ChangeAsync(id, user => user.Delete(Sample.Now, "eve"), Ct);
        await _store.InScopeAsync(async scope =>
        {
            var users = scope.GetRequiredService<IUserRepository>();
            return await users.TryPurgeAsync((await users.FindDeletedToChangeAsync(id, Ct))!, Ct);
        });
        Assert.Equal(IdempotencyOutcomeKind.Executed, (await OnceAsync("purged", "purged@example.org")).Kind);
    }

    private Task<int> DeleteExpiredAsync() => _store.InScopeAsync(scope => scope.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(Ct));

    private Task<IdempotencyOutcome> OnceAsync(string scope, string email, string fingerprint = "F", Task? before = null) =>
        _store.InScopeAsync(services => services.GetRequiredService<IIdempotencyStore>().ExecuteOnceAsync(
            new(scope, fingerprint),
            async ct =>
            {
                if (before is not null) await before;
                var id = await AddAsync(services, email, ct);
                return new ResponseToStore(id, $"{id}");
            },
            before is null ? TimeSpan.FromSeconds(5) : TimeSpan.FromHours(10),
            Ct));

    private static async Task<long> AddAsync(IServiceProvider services, string email, CancellationToken ct)
    {
        var user = Sample.User(email);
        var users = services.GetRequiredService<IUserRepository>();
        Assert.Equal(AddOutcome.Added, await users.AddAsync(user, ct));
        return user.Id;
    }
}

public sealed class KeepingAnswersOnSqlite(SqliteStore store) : KeepingAnswers(store), IClassFixture<SqliteStore>;

public sealed class KeepingAnswersOnSqlServer(SqlServerStore store) : KeepingAnswers(store), IClassFixture<SqlServerStore>;

public sealed class KeepingAnswersOnPostgreSql(PostgreSqlStore store) : KeepingAnswers(store), IClassFixture<PostgreSqlStore>;
