using AutoMapper;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;

namespace CleanUsers.Application.Changes.Webhooks;

/// <summary>A webhook, as it is shown.</summary>
/// <param name="Kinds">The kinds of changes that are sent; null for all.</param>
/// <param name="DisabledReason">Why the service disabled it; null if it is active, or a client disabled it.</param>
public sealed record WebhookDto(
    long Id, string Url, IReadOnlyList<UserChangeKind>? Kinds, string? Description, WebhookStatus Status, string? DisabledReason,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version);

/// <summary>A new webhook, with its secret, which is shown this once.</summary>
public sealed record CreatedWebhookDto(
    long Id, string Url, IReadOnlyList<UserChangeKind>? Kinds, string? Description, WebhookStatus Status, string? DisabledReason,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version, string Secret);

/// <summary>A new secret, which is shown this once.</summary>
/// <param name="PreviousSecretExpiresAt">Until when the secret before signs too.</param>
public sealed record WebhookSecretDto(string Secret, DateTimeOffset PreviousSecretExpiresAt);

/// <summary>An attempt to deliver an event that failed.</summary>
/// <param name="EventId">What the header <c>webhook-id</c> contained.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="StatusCode">Of the response; null if there was none.</param>
public sealed record WebhookDeliveryDto(
    long Id, DateTimeOffset At, string EventId, int Attempt, WebhookDeliveryStatus Status, int? StatusCode, string Reason);

/// <summary>Only failed attempts are kept, at most <see cref="Webhook.KeptFailures"/> of each webhook.</summary>
public enum WebhookDeliveryStatus
{
    Failed,
}

/// <summary>One way, entity to DTO.</summary>
internal sealed class WebhookProfile : Profile
{
    public WebhookProfile()
    {
        // no list, for all kinds, is not an empty list
        AllowNullCollections = true;
        CreateMap<Webhook, WebhookDto>();
        CreateMap<Webhook, CreatedWebhookDto>();
        CreateMap<WebhookFailure, WebhookDeliveryDto>()
            .ForCtorParam(nameof(WebhookDeliveryDto.Status), delivery => delivery.MapFrom(_ => WebhookDeliveryStatus.Failed));
    }
}
