using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;

namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>Gives a webhook another secret. The one before signs too for a while, so that the receiver can change in between.</summary>
public sealed class RotateWebhookSecret(IWebhookRepository webhooks, ICaller caller, TimeProvider clock)
{
    /// <returns>The new secret, or <c>not-found</c>.</returns>
    public async Task<Result<WebhookSecretDto>> ExecuteAsync(long id, CancellationToken ct)
    {
        var rotated = await webhooks.ChangeAsync(
            id, VersionCondition.None,
            webhook => webhook.Rotate(WebhookSecret.Create(), clock.GetUtcNow(), caller.Name), ct);
        return rotated.Map(webhook => new WebhookSecretDto(webhook.Secret, webhook.PreviousSecretExpiresAt!.Value));
    }
}
