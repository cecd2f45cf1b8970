using System.Globalization;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;

namespace CleanUsers.Application.Changes.Webhooks;

/// <param name="Webhook">The webhook after the batch; null if it was deleted meanwhile.</param>
/// <param name="Failed">The attempt that failed and ended the batch; null if none failed.</param>
public sealed record WebhookBatch(Webhook? Webhook, WebhookAttempt? Failed);

/// <summary>
/// Sends the next events to one webhook, one after the other: at least once, in the order of the feed. A worker leases a webhook first, and saves the
/// position after each batch: if the worker dies, another one sends the events of its batch once more.
/// </summary>
public sealed class DeliverToWebhook(
    IWebhookRepository webhooks, IChangeFeed feed, IWebhookSender sender, ICaller caller, TimeProvider clock)
{
    /// <summary>Why a webhook is disabled whose next changes are gone.</summary>
    public const string ChangesDeleted =
        "The retention has deleted changes that were not delivered yet. Read the list of users, set a new position, and activate the webhook.";

    /// <summary>Longer than a batch and its last attempt take, so that no other worker can begin meanwhile.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private const int BatchSize = 100;

    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(10);

    /// <summary>How long an attempt may go on after a shutdown began: an event whose attempt is cut off is sent again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <returns>Null where another worker has the lease, or the webhook is not due any more.</returns>
    public async Task<WebhookBatch?> ExecuteAsync(long id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await webhooks.FindToChangeAsync(id, ct) is not { } webhook || !webhook.TryLease(now, now + Lease)) return null;
        if (!await webhooks.TryUpdateAsync(failure: null, ct)) return null;

        using var cut = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var stopping = ct.Register(() => cut.CancelAfter(Grace));
        var batch = new Batch(webhook.LeasedUntil!.Value, webhook.Position, webhook.Moves, webhook.Version);
        try
        {
            await SendAsync(webhook, batch, cut.Token, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // what was delivered is saved
        }

        return new(await SaveAsync(webhook, batch), batch.Failed);
    }

    private async Task SendAsync(Webhook webhook, Batch batch, CancellationToken cut, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var changes = await feed.ListAsync(webhook.Position + 1, BatchSize, ct);
        batch.IsCut = changes is [var first, ..] && first.Position > webhook.Position + 1;
        if (batch.IsCut) return;
        foreach (var (position, change) in changes)
        {
            if (webhook.Wants(change.Kind))
            {
                if (ct.IsCancellationRequested || clock.GetElapsedTime(start) > BatchTime) return;
                // for each event: a client may have disabled, deleted or moved the webhook meanwhile, or given it another URL
                if (await webhooks.GetAsync(webhook.Id, ct) is not { } present || !batch.IsOf(present)) return;
                var attempt = await sender.SendAsync(ToEvent(webhook, change), cut);
                if (attempt.Outcome != WebhookOutcome.Delivered)
                {
                    (batch.Failed, batch.FailedEvent) = (attempt, EventId(change));
                    return;
                }

                batch.Delivered = true;
            }

            batch.Position = position;
        }

        batch.IsEnd = changes.Count < BatchSize;
    }

    /// <summary>Saves what came of the batch, also where a client has changed the webhook meanwhile, and gives the lease up.</summary>
    /// <returns>Null if the webhook was deleted, or another worker has it.</returns>
    private async Task<Webhook?> SaveAsync(Webhook leased, Batch batch)
    {
        var id = leased.Id;
        // without cancellation, also at shutdown: what is not saved is sent again
        for (var webhook = leased; webhook?.LeasedUntil == batch.LeasedUntil; webhook = await webhooks.FindToChangeAsync(id, CancellationToken.None))
        {
            // if a client has set another position, the batch does not count
            var failure = webhook.Moves == batch.Moves ? Record(webhook, batch) : null;
            webhook.Release();
            if (await webhooks.TryUpdateAsync(failure, CancellationToken.None)) return webhook;
        }

        return null;
    }

    private WebhookFailure? Record(Webhook webhook, Batch batch)
    {
        var now = clock.GetUtcNow();
        webhook.Advance(batch.Position, batch.Delivered, batch.IsEnd, now);
        if (batch.IsCut) webhook.Disable(ChangesDeleted, now, caller.Name);
        if (batch.Failed is not { } failed || !batch.IsOf(webhook)) return null; // the failure was at another URL
        webhook.Fail(failed.Reason, failed.RetryAfter, now, caller.Name);
        var failure = WebhookFailure.Of(webhook, batch.FailedEvent, failed.StatusCode, now);
        if (failed.Outcome == WebhookOutcome.Gone) webhook.Disable(failed.Reason, now, caller.Name);
        return failure;
    }

    private OutgoingEvent ToEvent(Webhook webhook, UserChange change)
    {
        var now = clock.GetUtcNow();
        return new(
            EventId(change), webhook.Url, webhook.SecretsAt(now), now, change.UserId, change.Version, change.Kind, change.UpdatedAt);
    }

    private static string EventId(UserChange change) => string.Create(CultureInfo.InvariantCulture, $"{change.UserId}-{change.Version}");

    /// <summary>What came of a batch so far.</summary>
    private sealed class Batch(DateTimeOffset leasedUntil, long position, int moves, long version)
    {
        /// <summary>Identifies the lease.</summary>
        public DateTimeOffset LeasedUntil => leasedUntil;

        /// <summary>As it was when the batch began.</summary>
        public int Moves => moves;

        /// <summary>Whether no client has changed the webhook since the batch began.</summary>
        public bool IsOf(Webhook webhook) => (webhook.Moves, webhook.Version) == (moves, version);

        public long Position { get; set; } = position;

        public bool Delivered { get; set; }

        /// <summary>The feed has no change after the position.</summary>
        public bool IsEnd { get; set; }

        /// <summary>The feed does not have the change after the position any more.</summary>
        public bool IsCut { get; set; }

        public WebhookAttempt? Failed { get; set; }

        public string FailedEvent { get; set; } = "";
    }
}
