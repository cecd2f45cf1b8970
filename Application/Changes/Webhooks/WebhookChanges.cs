using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Webhooks;

namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>How every use case that changes a webhook goes about it.</summary>
internal static class WebhookChanges
{
    /// <summary>
    /// Finds, checks, changes and saves. If another write came between, such as that of a worker, it starts again on the new state.
    /// </summary>
    /// <returns>The webhook as it is now, or <c>not-found</c>, <c>version-mismatch</c>.</returns>
    public static Task<Result<Webhook>> ChangeAsync(
        this IWebhookRepository webhooks, long id, VersionCondition condition, Action<Webhook> change, CancellationToken ct) => webhooks.SaveAsync(
            id, condition,
            webhook =>
            {
                change(webhook);
                return webhooks.TryUpdateAsync(failure: null, ct);
            },
            ct);

    /// <inheritdoc cref="ChangeAsync"/>
    /// <param name="trySave">Changes and saves; false if another write came first.</param>
    public static async Task<Result<Webhook>> SaveAsync(
        this IWebhookRepository webhooks, long id, VersionCondition condition, Func<Webhook, Task<bool>> trySave, CancellationToken ct)
    {
        while (true)
        {
            var webhook = await webhooks.FindToChangeAsync(id, ct);
            if (webhook is null) return Failure.WebhookNotFound(id);
            if (!condition.Holds(webhook.Version)) return Failure.VersionMismatch("webhook", webhook.Version);
            if (await trySave(webhook)) return webhook;
        }
    }
}
