using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;

namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>Reads a webhook.</summary>
public sealed class GetWebhook(IWebhookRepository webhooks, IMapper mapper)
{
    /// <returns>The webhook, or <c>not-found</c>.</returns>
    public async Task<Result<WebhookDto>> ExecuteAsync(long id, CancellationToken ct) =>
        await webhooks.GetAsync(id, ct) is { } webhook ? mapper.Map<WebhookDto>(webhook) : Failure.WebhookNotFound(id);
}
