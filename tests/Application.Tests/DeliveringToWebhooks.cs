using CleanUsers.Application.Changes;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using NSubstitute;

namespace CleanUsers.Application.Tests;

public sealed class DeliveringToWebhooks : UseCases
{
    private readonly List<OutgoingEvent> _sent = [];
    private readonly List<WebhookFailure> _failures = [];
    private readonly List<PlacedChange> _feed = [];
    private Func<OutgoingEvent, CancellationToken, Task<WebhookAttempt>> _receiver = (_, _) => Task.FromResult(Delivered);
    private readonly Webhook _webhook = WithId(
        Webhook.Create(new("https://example.org/", Kinds: null, Description: null, WebhookStatus.Active), "whsec_b2xk", 0, Now, "eve"), 5);

    public DeliveringToWebhooks()
    {
        Webhooks.FindToChangeAsync(5, default).ReturnsForAnyArgs(_webhook);
        Webhooks.GetAsync(5, default).ReturnsForAnyArgs(_webhook);
        Webhooks.TryUpdateAsync(null, default).ReturnsForAnyArgs(call =>
        {
            if (call.Arg<WebhookFailure?>() is { } failure) _failures.Add(failure);
            return true;
        });
        Feed.ListAsync(default, default, default).ReturnsForAnyArgs(call =>
            [.. _feed.Where(placed => placed.Position >= call.ArgAt<long>(0)).Take(call.ArgAt<int>(1))]);
        Feed.GetEndAsync(default).ReturnsForAnyArgs(_ => _feed.LastOrDefault()?.Position ?? 0);
        WebhookSender.SendAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            _sent.Add(call.Arg<OutgoingEvent>());
            return _receiver(call.Arg<OutgoingEvent>(), call.Arg<CancellationToken>());
        });
    }

    private static WebhookAttempt Delivered { get; } = new(WebhookOutcome.Delivered, 204);

    [Fact]
    public async Task Changes_are_sent_in_the_order_of_the_feed_and_the_position_is_saved()
    {
        Add(3);
        await DeliverAsync();
        Assert.Equal(["1-1", "1-2", "1-3"], _sent.Select(message => message.Id));
        Assert.Equal((3, null), (_webhook.Position, _webhook.LeasedUntil));
        Assert.Equal(
            (1L, 2L, UserChangeKind.Updated, "https://example.org/"), (_sent[1].UserId, _sent[1].Version, _sent[1].Kind, _sent[1].Url));
        Assert.Equal(["whsec_b2xk"], _sent[1].Secrets);
        await Webhooks.Received(2).TryUpdateAsync(null, Arg.Any<CancellationToken>()); // the lease, and the position
        Clock.Advance(TimeSpan.FromSeconds(1));
        await DeliverAsync();
        Assert.Equal(3, _sent.Count);
        Assert.Equal(Now.AddSeconds(1), _webhook.CaughtUpAt);
    }

    [Fact]
    public async Task Changes_of_other_kinds_only_move_the_position()
    {
        _webhook.Replace(_webhook.Details with { Kinds = [UserChangeKind.Deleted] }, Now, "eve");
        Add(3);
        await DeliverAsync();
        Assert.Equal((0, 3), (_sent.Count, _webhook.Position));
    }

    [Fact]
    public async Task Failure_ends_the_batch_and_the_event_is_sent_again()
    {
        Add(3);
        _receiver = (message, _) => Task.FromResult(message.Id == "1-2" ? new(WebhookOutcome.Failed, 500, "It failed.") : Delivered);
        var batch = await DeliverAsync();
        Assert.Equal((1, 1, "It failed."), (_webhook.Position, _webhook.FailedAttempts, batch!.Failed!.Reason));
        var failure = Assert.Single(_failures);
        Assert.Equal(
            (5L, "1-2", 500, 1, "It failed.", Now),
            (failure.WebhookId, failure.EventId, failure.StatusCode, failure.Attempt, failure.Reason, failure.At));
        Assert.Null(await DeliverAsync()); // not due
        Clock.Advance(TimeSpan.FromSeconds(5));
        _receiver = (_, _) => Task.FromResult(Delivered);
        await DeliverAsync();
        Assert.Equal(["1-1", "1-2", "1-2", "1-3"], _sent.Select(message => message.Id));
        Assert.Equal((3, 0), (_webhook.Position, _webhook.FailedAttempts));
    }

    [Fact]
    public async Task Receiver_that_fails_for_an_hour_and_returns_gets_all_events_in_order()
    {
        Add(250);
        var returns = Now.AddHours(1);
        _receiver = (_, _) => Task.FromResult(Clock.GetUtcNow() < returns ? new(WebhookOutcome.Failed, 503, "busy") : Delivered);
        while (_webhook.Position < 250 && Clock.GetUtcNow() < Now.AddHours(4))
        {
            await DeliverAsync();
            Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(Enumerable.Range(1, 250).Select(version => $"1-{version}"), _sent.Skip(_failures.Count).Select(message => message.Id));
        Assert.Equal(5, _failures.Count); // after 0 s, 5 s, 35 s, 5.5 min, 35.5 min; the next attempt is that of 2.5 h
        Assert.Equal(WebhookStatus.Active, _webhook.Status);
    }

    [Fact]
    public async Task Gone_receiver_disables_the_webhook_at_once()
    {
        Add(2);
        _receiver = (_, _) => Task.FromResult(new WebhookAttempt(WebhookOutcome.Gone, 410, "The receiver responded with status code 410."));
        await DeliverAsync();
        Assert.Equal((WebhookStatus.Disabled, 0L), (_webhook.Status, _webhook.Position));
        Assert.Equal("The receiver responded with status code 410.", _webhook.DisabledReason);
        Assert.Single(_failures);
    }

    [Fact]
    public async Task Webhook_whose_next_change_was_deleted_is_disabled_with_the_reason()
    {
        Add(3);
        _feed.RemoveAt(0);
        await DeliverAsync();
        Assert.Empty(_sent);
        Assert.Equal((WebhookStatus.Disabled, DeliverToWebhook.ChangesDeleted), (_webhook.Status, _webhook.DisabledReason));
    }

    [Fact]
    public async Task Nothing_is_sent_if_another_worker_has_the_lease()
    {
        Add(1);
        Webhooks.TryUpdateAsync(null, default).ReturnsForAnyArgs(false);
        Assert.Null(await DeliverAsync());
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task Batch_does_not_overwrite_a_position_that_a_client_set_meanwhile()
    {
        Add(3);
        _receiver = (_, _) =>
        {
            _webhook.MoveTo(0, Now);
            return Task.FromResult(Delivered);
        };
        await DeliverAsync();
        Assert.Equal((0, null), (_webhook.Position, _webhook.LeasedUntil));
    }

    [Fact]
    public async Task Batch_ends_once_a_client_disables_the_webhook()
    {
        Add(3);
        _receiver = (_, _) =>
        {
            _webhook.Replace(_webhook.Details with { Status = WebhookStatus.Disabled }, Now, "eve");
            return Task.FromResult(Delivered);
        };
        await DeliverAsync();
        Assert.Equal("1-1", Assert.Single(_sent).Id);
        Assert.Equal(1, _webhook.Position);
    }

    [Fact]
    public async Task Batch_ends_once_a_client_deletes_the_webhook()
    {
        Add(3);
        Webhooks.GetAsync(5, default).ReturnsForAnyArgs(_webhook, [null]);
        await DeliverAsync();
        Assert.Single(_sent);
    }

    [Theory]
    [InlineData(WebhookOutcome.Failed)]
    [InlineData(WebhookOutcome.Gone)]
    public async Task Failure_of_the_URL_before_is_none_of_the_new_one(WebhookOutcome outcome)
    {
        Add(1);
        _receiver = (_, _) =>
        {
            _webhook.Replace(_webhook.Details with { Url = "https://new.example.org/" }, Now, "eve");
            return Task.FromResult(new WebhookAttempt(outcome, 410, "Gone."));
        };
        await DeliverAsync();
        Assert.Equal((WebhookStatus.Active, 0, Now), (_webhook.Status, _webhook.FailedAttempts, _webhook.DueAt));
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task Result_of_a_batch_is_saved_also_if_another_write_comes_first()
    {
        Add(1);
        var (writes, lease) = (0, (DateTimeOffset?)null);
        Webhooks.TryUpdateAsync(null, default).ReturnsForAnyArgs(_ =>
        {
            if (++writes == 1) lease = _webhook.LeasedUntil;
            if (writes == 2) typeof(Webhook).GetProperty(nameof(Webhook.LeasedUntil))!.SetValue(_webhook, lease); // as the store has it
            return writes != 2;
        });
        Assert.NotNull((await DeliverAsync())!.Webhook);
        await Webhooks.Received(3).TryUpdateAsync(null, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Result_of_a_batch_is_not_saved_once_another_worker_has_the_lease()
    {
        Add(1);
        var writes = 0;
        Webhooks.TryUpdateAsync(null, default).ReturnsForAnyArgs(_ =>
        {
            if (++writes == 2) Assert.True(_webhook.TryLease(Now, Now.AddMinutes(3))); // as the store has it
            return writes != 2;
        });
        Assert.Null((await DeliverAsync())!.Webhook);
        Assert.Equal((2, Now.AddMinutes(3)), (writes, _webhook.LeasedUntil));
    }

    [Fact]
    public async Task Shutdown_ends_the_batch_after_the_attempt_and_saves_the_position()
    {
        Add(3);
        using var stopping = new CancellationTokenSource();
        _receiver = async (_, token) =>
        {
            await stopping.CancelAsync();
            token.ThrowIfCancellationRequested(); // not yet
            return Delivered;
        };
        await Get<DeliverToWebhook>().ExecuteAsync(5, stopping.Token);
        Assert.Equal((1, 1, null), (_sent.Count, _webhook.Position, _webhook.LeasedUntil));
    }

    [Fact]
    public async Task Slow_receiver_ends_a_batch_after_ten_seconds()
    {
        Add(100);
        _receiver = (_, _) =>
        {
            Clock.Advance(TimeSpan.FromSeconds(4));
            return Task.FromResult(Delivered);
        };
        await DeliverAsync();
        Assert.Equal((3, null), (_webhook.Position, _webhook.LeasedUntil));
    }

    [Fact]
    public async Task Due_are_those_behind_the_end_that_no_worker_has_and_the_next_ones_time_is_known()
    {
        Webhooks.ListProgressAsync(default, default).ReturnsForAnyArgs(
        [
            Progress(1, position: 9, due: -1), Progress(2, position: 10, due: -1), Progress(3, position: 9, due: 30),
            Progress(4, position: 9, due: -1, leased: 20), Progress(5, position: 10, due: 5), Progress(6, position: 9, due: null),
            Progress(7, position: 9, due: null, leased: 40),
        ]);
        var due = await Get<FindDueWebhooks>().ExecuteAsync(end: 10, Ct);
        Assert.Equal([1, 6], due.Ids);
        Assert.Equal(Now.AddSeconds(20), due.NextDueAt);

        static WebhookProgress Progress(long id, long position, int? due, int? leased = null) =>
            new(id, position, Now, In(due), In(leased), NextAt: null);

        static DateTimeOffset? In(int? seconds) => seconds is { } number ? Now.AddSeconds(number) : null;
    }

    [Fact]
    public async Task Redelivery_goes_to_the_place_of_a_cursor()
    {
        Add(3);
        await DeliverAsync();
        Assert.True((await RedeliverAsync($"{FeedCursor.After(_feed[0])}")).IsSuccess);
        Assert.Equal(1, _webhook.Position);
        Assert.True((await RedeliverAsync($"{FeedCursor.Start}")).IsSuccess);
        Assert.Equal(0, _webhook.Position);
        Assert.True((await RedeliverAsync("now")).IsSuccess);
        Assert.Equal(3, _webhook.Position);
    }

    /// <summary>Neither the feed nor a due time shows that there is something to send.</summary>
    [Fact]
    public async Task Worker_is_woken_when_a_client_changes_the_webhook_or_its_position()
    {
        var disable = new PatchWebhookCommand(
            5, VersionCondition.None, Url: default, Kinds: default, Description: default, Status: new(WebhookStatus.Disabled));
        Assert.True((await Get<PatchWebhook>().ExecuteAsync(disable, Ct)).IsSuccess);
        Assert.True(Get<WebhookSignal>().Take());
        Assert.True((await RedeliverAsync("start")).IsSuccess);
        Assert.True(Get<WebhookSignal>().Take());
    }

    [Fact]
    public async Task Redelivery_from_an_expired_cursor_is_rejected()
    {
        Add(3);
        var cursor = $"{FeedCursor.After(_feed[0])}";
        _feed.RemoveAt(0);
        Assert.Equal("cursor-expired", (await RedeliverAsync(cursor)).Errors.First());
        Assert.Equal("cursor-expired", (await RedeliverAsync($"{FeedCursor.Start}")).Errors.First());
        Assert.Equal(0, _webhook.Moves);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("later")]
    public async Task Text_that_is_no_cursor_is_rejected(string? cursor) =>
        Assert.Equal(nameof(RedeliverFromCommand.Cursor), Assert.Single((await RedeliverAsync(cursor)).ValidationErrors).Identifier);

    [Theory]
    [InlineData("https://example.org/", true)]
    [InlineData("http://example.org:8080/a?b=c", true)]
    [InlineData("HTTPS://EXAMPLE.ORG", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("example.org", false)]
    [InlineData("/events", false)]
    [InlineData("ftp://example.org/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("https://", false)]
    [InlineData("https:///x", false)]
    [InlineData("https://user@example.org/", false)]
    [InlineData("https://user:secret@example.org/", false)]
    [InlineData("https://example.org/#x", false)]
    [InlineData("https://example.org/#", false)]
    [InlineData(" https://example.org/", false)]
    [InlineData("https://example.org/\n", false)]
    [InlineData("https:\\\\example.org", false)]
    [InlineData("http://example.org:0/", false)]
    [InlineData("http://@example.org/", false)]
    [InlineData("http://example.org/@?@", true)]
    [InlineData("https://exämple.org/", false)]
    public void Url_is_absolute_http_without_user_and_fragment(string? url, bool isValid) =>
        Assert.Equal(isValid, WebhookInput.ParseUrl(url).Error is null);

    [Fact]
    public void Longest_url_has_2000_characters()
    {
        Assert.Null(WebhookInput.ParseUrl("https://example.org/".PadRight(Webhook.UrlMaxLength, 'x')).Error);
        Assert.Equal("too-long", WebhookInput.ParseUrl("https://example.org/".PadRight(Webhook.UrlMaxLength + 1, 'x')).Error?.Code);
    }

    private Task<WebhookBatch?> DeliverAsync() => Get<DeliverToWebhook>().ExecuteAsync(5, Ct);

    private Task<Ardalis.Result.Result> RedeliverAsync(string? cursor) =>
        Get<RedeliverFrom>().ExecuteAsync(new(5, RedeliverFromCommand.ParseCursor(cursor)), Ct);

    /// <summary>Adds changes of one user to the feed.</summary>
    private void Add(int count)
    {
        var user = WithId(
            User.Create(new(UserInput.ParseEmail("ada@example.org").Value, Name: null, Age: 0, UserRole.User, UserStatus.Active), Now, "eve"), 1);
        for (var i = 0; i < count; i++)
        {
            _feed.Add(new(_feed.Count + 1, UserChange.Of(user)));
            user.Replace(user.Details with { Age = (i % 100) + 1 }, Now, "eve");
        }
    }
}
