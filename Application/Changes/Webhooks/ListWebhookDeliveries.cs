using System.Globalization;
using Ardalis.Result;
using AutoMapper;
using CleanUsers.Application.Ports;
using FluentValidation;

namespace CleanUsers.Application.Changes.Webhooks;

/// <param name="Status">Which attempts; null for all that are kept.</param>
public sealed record ListWebhookDeliveriesQuery(
    long WebhookId, Parsed<int> PageSize, Parsed<Cursor?> Cursor = default, Parsed<WebhookDeliveryStatus?> Status = default)
    : NewestFirstQuery(PageSize, Cursor)
{
    // without the status: only failed attempts are kept, so the list is the same
    internal override string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"webhook deliveries\n{WebhookId}\n");

    public static Parsed<WebhookDeliveryStatus?> ParseStatus(string? text) => text switch
    {
        null => (WebhookDeliveryStatus?)null,
        nameof(WebhookDeliveryStatus.Failed) => WebhookDeliveryStatus.Failed,
        _ => Parsed.Rejected<WebhookDeliveryStatus?>("unknown-value", "Status must be Failed: only failed attempts are kept."),
    };
}

internal sealed class ListWebhookDeliveriesValidator : NewestFirstValidator<ListWebhookDeliveriesQuery>
{
    public ListWebhookDeliveriesValidator() => RuleFor(query => query.Status).IsAccepted();
}

/// <summary>Reads a page of the failed attempts of a webhook, newest first.</summary>
public sealed class ListWebhookDeliveries(IValidator<ListWebhookDeliveriesQuery> validator, IWebhookRepository webhooks, IMapper mapper)
{
    /// <returns>The page, or <c>validation-failed</c>, <c>not-found</c>.</returns>
    public async Task<Result<Page<WebhookDeliveryDto>>> ExecuteAsync(ListWebhookDeliveriesQuery query, CancellationToken ct)
    {
        var validation = validator.Validate(query);
        if (!validation.IsValid) return validation.ToInvalid();
        if (await webhooks.GetAsync(query.WebhookId, ct) is null) return Failure.WebhookNotFound(query.WebhookId);
        var found = await webhooks.ListFailuresAsync(query.WebhookId, query.Before, query.Limit, ct);
        return query.ToPage(found, failure => failure.Id, (failure, _) => mapper.Map<WebhookDeliveryDto>(failure));
    }
}
