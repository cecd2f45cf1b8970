using CleanUsers.Domain.Webhooks;

namespace CleanUsers.Application.Ports;

/// <summary>Webhooks, and their failed attempts.</summary>
public interface IWebhookRepository
{
    /// <summary>The webhook to look at; null if it does not exist.</summary>
    Task<Webhook?> GetAsync(long id, CancellationToken ct);

    /// <summary>At most so many webhooks, newest first, with lower ids than one; to look at.</summary>
    Task<IReadOnlyList<Webhook>> ListAsync(long? before, int limit, CancellationToken ct);

    /// <summary>At most so many of a webhook's failed attempts, newest first, with lower ids than one; to look at.</summary>
    Task<IReadOnlyList<WebhookFailure>> ListFailuresAsync(long webhookId, long? before, int limit, CancellationToken ct);

    /// <summary>How far the active webhooks are, those first whose next attempt is due first. One query, however many they are.</summary>
    Task<IReadOnlyList<WebhookProgress>> ListProgressAsync(int limit, CancellationToken ct);

    /// <summary>Adds a new webhook and gives it its id.</summary>
    Task AddAsync(Webhook webhook, CancellationToken ct);

    /// <summary>The webhook, tracked; null if it does not exist.</summary>
    Task<Webhook?> FindToChangeAsync(long id, CancellationToken ct);

    /// <summary>
    /// Writes what was changed of the webhook found. If nothing was changed, it waits as <see cref="IUserRepository.UpdateAsync"/> does.
    /// </summary>
    /// <param name="failure">A failed attempt to write with it; the oldest ones that are too many are removed. Null if no attempt failed.</param>
    /// <param name="ct">Cancels it.</param>
    /// <returns>False if another write came first; nothing is written, and the webhook is stale: find it again.</returns>
    Task<bool> TryUpdateAsync(WebhookFailure? failure, CancellationToken ct);

    /// <summary>Removes the webhook, and all that belongs to it.</summary>
    /// <returns>False if another write came first; nothing is removed, and the webhook is stale: find it again.</returns>
    Task<bool> TryDeleteAsync(Webhook webhook, CancellationToken ct);
}

/// <param name="Position">The position in the feed of the last change that was delivered.</param>
/// <param name="CaughtUpAt">Since when at the earliest the next change waits.</param>
/// <param name="DueAt">When the next attempt may be made; null unless the last one failed.</param>
/// <param name="NextAt">When the next change was made; null at the end of the feed.</param>
public sealed record WebhookProgress(
    long Id, long Position, DateTimeOffset CaughtUpAt, DateTimeOffset? DueAt, DateTimeOffset? LeasedUntil, DateTimeOffset? NextAt);
