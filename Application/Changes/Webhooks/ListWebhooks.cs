using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.Changes.Webhooks;

public sealed record ListWebhooksQuery(Parsed<int> PageSize, Parsed<Cursor?> Cursor = default) : NewestFirstQuery(PageSize, Cursor)
{
    internal override string Fingerprint => "webhooks\n";
}

internal sealed class ListWebhooksValidator : NewestFirstValidator<ListWebhooksQuery>;

/// <summary>Reads a page of the webhooks, newest first.</summary>
public sealed class ListWebhooks(IValidator<ListWebhooksQuery> validator, IWebhookRepository webhooks, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>.</returns>
    public async Task<Result<Page<WebhookDto>>> ExecuteAsync(ListWebhooksQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();
        var found = await webhooks.ListAsync(query.Before, query.Limit, ct);
        return query.ToPage(found, webhook => webhook.Id, (webhook, _) => mapper.Map<WebhookDto>(webhook));
    }
}
