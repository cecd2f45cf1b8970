using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;

namespace CleanUsers.Application.Changes.Webhooks;

public sealed record DeleteWebhookCommand(long Id, VersionCondition Condition);

/// <summary>Removes a webhook for good, with its secret and its failed attempts.</summary>
public sealed class DeleteWebhook(IWebhookRepository webhooks)
{
    /// <returns>Nothing, or <c>not-found</c>, <c>version-mismatch</c>.</returns>
    public async Task<Result> ExecuteAsync(DeleteWebhookCommand command, CancellationToken ct)
    {
        var deleted = await webhooks.SaveAsync(command.Id, command.Condition, webhook => webhooks.TryDeleteAsync(webhook, ct), ct);
        return deleted.Map();
    }
}
