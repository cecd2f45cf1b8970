using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Changes.Webhooks;

/// <param name="Ids">The webhooks that have something to send now, the longest due first.</param>
/// <param name="NextDueAt">When another one is due though the feed does not grow; null if none is.</param>
/// <param name="Active">All active webhooks.</param>
public sealed record DueWebhooks(IReadOnlyList<long> Ids, DateTimeOffset? NextDueAt, IReadOnlyList<WebhookProgress> Active);

/// <summary>Reads which webhooks have something to send, in one query for all of them.</summary>
public sealed class FindDueWebhooks(IWebhookRepository webhooks, TimeProvider clock)
{
    private const int Limit = 10_000;

    public async Task<DueWebhooks> ExecuteAsync(long end, CancellationToken ct)
    {
        var active = await webhooks.ListProgressAsync(Limit, ct);
        var now = clock.GetUtcNow();
        var behind = active.Where(webhook => webhook.Position < end).ToLookup(webhook => FreeAt(webhook) <= now);
        return new([.. behind[true].Select(webhook => webhook.Id)], behind[false].Min(webhook => (DateTimeOffset?)FreeAt(webhook)), active);
    }

    /// <summary>The later of the end of its lease and the time of its next attempt.</summary>
    private static DateTimeOffset FreeAt(WebhookProgress webhook)
    {
        var (leasedUntil, dueAt) = (webhook.LeasedUntil ?? DateTimeOffset.MinValue, webhook.DueAt ?? DateTimeOffset.MinValue);
        return leasedUntil > dueAt ? leasedUntil : dueAt;
    }
}
