using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.Infrastructure.Tests;

public abstract class StoringWebhooks(Store store)
{
    private readonly Store _store = store.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saved_entity_is_read_back_exactly()
    {
        var webhook = await AddAsync([UserChangeKind.Created, UserChangeKind.Purged], "Grüße 👩‍🚀");
        Assert.Equivalent(webhook, await GetAsync(webhook.Id), strict: true);
        await ChangeAsync(webhook.Id, saved =>
        {
            saved.Rotate("whsec_bmV3", Sample.Now, "eve");
            saved.TryLease(Sample.Now, Sample.Now.AddMinutes(3));
            saved.Fail("busy", retryAfter: null, Sample.Now, "service");
            saved.Disable("gone", Sample.Now, "service");
            webhook = saved;
        });
        var found = (await GetAsync(webhook.Id))!;
        Assert.Equivalent(webhook, found, strict: true);
        Assert.Equal([UserChangeKind.Created, UserChangeKind.Purged], found.Kinds!);
    }

    [Fact]
    public async Task Other_kinds_are_saved_and_null_too()
    {
        var id = (await AddAsync()).Id;
        foreach (var kinds in (IReadOnlyList<UserChangeKind>?[])[[UserChangeKind.Deleted], [UserChangeKind.Deleted, UserChangeKind.Restored], null])
        {
            Assert.True(await ChangeAsync(id, webhook => webhook.Replace(webhook.Details with { Kinds = kinds }, Sample.Now, "eve")));
            Assert.Equal(kinds, (await GetAsync(id))!.Kinds);
        }
    }

    [Fact]
    public async Task Only_one_of_several_workers_leases_a_webhook()
    {
        var id = (await AddAsync()).Id;
        for (var round = 0; round < 10; round++)
        {
            var now = Sample.Now.AddHours(round);
            var leased = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _store.InScopeAsync(async scope =>
            {
                var webhooks = scope.GetRequiredService<IWebhookRepository>();
                var webhook = (await webhooks.FindToChangeAsync(id, Ct))!;
                return webhook.TryLease(now, now.AddMinutes(3)) && await webhooks.TryUpdateAsync(failure: null, Ct);
            }))));
            Assert.Single(leased, saved => saved);
        }
    }

    [Fact]
    public async Task Progress_of_all_active_webhooks_is_one_query_with_the_time_of_the_next_change()
    {
        var end = await EndAsync();
        var user = await _store.AddAsync(Sample.User("next.webhook@example.org"), Ct);
        await _store.ChangeAsync(user, changed => changed.Delete(Sample.Now.AddMinutes(7), "eve"), Ct);
        var (behind, atEnd, disabled) = (await AddAsync(end: end + 1), await AddAsync(end: await EndAsync()), await AddAsync());
        await ChangeAsync(disabled.Id, webhook => webhook.Disable("gone", Sample.Now, "service"));
        await ChangeAsync(behind.Id, webhook =>
        {
            webhook.TryLease(Sample.Now, Sample.Now.AddMinutes(3));
            webhook.Fail("busy", retryAfter: null, Sample.Now, "service");
        });

        var progress = await _store.InScopeAsync(scope => scope.GetRequiredService<IWebhookRepository>().ListProgressAsync(10_000, Ct));
        Assert.Equal(
            new WebhookProgress(behind.Id, end + 1, Sample.Now, Sample.Now.AddSeconds(5), Sample.Now.AddMinutes(3), Sample.Now.AddMinutes(7)),
            Assert.Single(progress, webhook => webhook.Id == behind.Id));
        Assert.Equal(
            new WebhookProgress(atEnd.Id, end + 2, Sample.Now, DueAt: null, LeasedUntil: null, NextAt: null),
            Assert.Single(progress, webhook => webhook.Id == atEnd.Id));
        Assert.DoesNotContain(progress, webhook => webhook.Id == disabled.Id);
    }

    [Fact]
    public async Task Webhook_that_is_due_first_is_first_in_the_progress()
    {
        var (first, second) = (await AddAsync(), await AddAsync());
        await ChangeAsync(second.Id, webhook => webhook.MoveTo(0, Sample.Now.AddDays(-2)));
        await ChangeAsync(first.Id, webhook => webhook.MoveTo(0, Sample.Now.AddDays(-1)));
        var progress = await _store.InScopeAsync(scope => scope.GetRequiredService<IWebhookRepository>().ListProgressAsync(2, Ct));
        Assert.Equal([second.Id, first.Id], progress.Select(webhook => webhook.Id));
        foreach (var id in (long[])[first.Id, second.Id]) await DeleteAsync(id);
    }

    [Fact]
    public async Task Last_hundred_failures_of_each_webhook_are_kept_and_listed_newest_first()
    {
        var (webhook, other) = (await AddAsync(), await AddAsync());
        await FailAsync(other.Id, 1);
        for (var i = 0; i < Webhook.KeptFailures + 5; i++) await FailAsync(webhook.Id, i);

        var failures = await ListAsync(webhook.Id, before: null, limit: 200);
        Assert.Equal(Enumerable.Range(5, 100).Reverse().Select(i => $"7-{i}"), failures.Select(failure => failure.EventId));
        Assert.Equal(
            (webhook.Id, 105, 500, "busy", Sample.Now),
            (failures[0].WebhookId, failures[0].Attempt, failures[0].StatusCode, failures[0].Reason, failures[0].At));
        Assert.Equal(["7-101", "7-100"], (await ListAsync(webhook.Id, failures[2].Id, limit: 2)).Select(failure => failure.EventId));
        Assert.Single(await ListAsync(other.Id, before: null, limit: 200));
    }

    [Fact]
    public async Task Deleting_a_webhook_removes_its_failures()
    {
        var id = (await AddAsync()).Id;
        await FailAsync(id, 1);
        Assert.True(await DeleteAsync(id));
        Assert.Null(await GetAsync(id));
        Assert.Empty(await ListAsync(id, before: null, limit: 10));
    }

    [Fact]
    public async Task Webhook_that_another_write_changed_is_neither_changed_nor_deleted()
    {
        var id = (await AddAsync()).Id;
        Assert.False(await _store.InScopeAsync(async scope =>
        {
            var webhooks = scope.GetRequiredService<IWebhookRepository>();
            var stale = (await webhooks.FindToChangeAsync(id, Ct))!;
            await ChangeAsync(id, webhook => webhook.Rotate("whsec_bmV3", Sample.Now, "eve"));
            return await webhooks.TryDeleteAsync(stale, Ct);
        }));
        Assert.Equal("whsec_bmV3", (await GetAsync(id))!.Secret);
    }

    [Fact]
    public async Task Webhooks_are_listed_newest_first_page_by_page()
    {
        var ids = new List<long>();
        for (var i = 0; i < 3; i++) ids.Add((await AddAsync()).Id);
        ids.Reverse();
        var page = await _store.InScopeAsync(scope => scope.GetRequiredService<IWebhookRepository>().ListAsync(null, 2, Ct));
        Assert.Equal(ids[..2], page.Select(webhook => webhook.Id));
        page = await _store.InScopeAsync(scope => scope.GetRequiredService<IWebhookRepository>().ListAsync(ids[1], 1, Ct));
        Assert.Equal([ids[2]], page.Select(webhook => webhook.Id));
    }

    private async Task<Webhook> AddAsync(IReadOnlyList<UserChangeKind>? kinds = null, string? description = null, long end = 0)
    {
        var webhook = Webhook.Create(new("https://example.org/", kinds, description, WebhookStatus.Active), "whsec_b2xk", end, Sample.Now, "eve");
        await _store.InScopeAsync(async scope =>
        {
            await scope.GetRequiredService<IWebhookRepository>().AddAsync(webhook, Ct);
            return 0;
        });
        return webhook;
    }

    private Task<bool> ChangeAsync(long id, Action<Webhook> change) => _store.InScopeAsync(async scope =>
    {
        var webhooks = scope.GetRequiredService<IWebhookRepository>();
        change((await webhooks.FindToChangeAsync(id, Ct))!);
        return await webhooks.TryUpdateAsync(failure: null, Ct);
    });

    private Task<bool> FailAsync(long id, int version) => _store.InScopeAsync(async scope =>
    {
        var webhooks = scope.GetRequiredService<IWebhookRepository>();
        var webhook = (await webhooks.FindToChangeAsync(id, Ct))!;
        webhook.Fail("busy", retryAfter: null, Sample.Now, "service");
        return await webhooks.TryUpdateAsync(WebhookFailure.Of(webhook, $"7-{version}", 500, Sample.Now), Ct);
    });

    private Task<bool> DeleteAsync(long id) => _store.InScopeAsync(async scope =>
    {
        var webhooks = scope.GetRequiredService<IWebhookRepository>();
        return await webhooks.TryDeleteAsync((await webhooks.FindToChangeAsync(id, Ct))!, Ct);
    });

    private Task<Webhook?> GetAsync(long id) => _store.InScopeAsync(scope => scope.GetRequiredService<IWebhookRepository>().GetAsync(id, Ct));

    private Task<IReadOnlyList<WebhookFailure>> ListAsync(long id, long? before, int limit) =>
        _store.InScopeAsync(scope => scope.GetRequiredService<IWebhookRepository>().ListFailuresAsync(id, before, limit, Ct));

    private Task<long> EndAsync() => _store.InScopeAsync(async scope =>
    {
        var feed = scope.GetRequiredService<IChangeFeed>();
        while (await feed.PlaceAsync(Ct)) Ct.ThrowIfCancellationRequested();
        return await feed.GetEndAsync(Ct);
    });
}

public sealed class StoringWebhooksOnSqlite(SqliteStore store) : StoringWebhooks(store), IClassFixture<SqliteStore>;

public sealed class StoringWebhooksOnSqlServer(SqlServerStore store) : StoringWebhooks(store), IClassFixture<SqlServerStore>;

public sealed class StoringWebhooksOnPostgreSql(PostgreSqlStore store) : StoringWebhooks(store), IClassFixture<PostgreSqlStore>;
