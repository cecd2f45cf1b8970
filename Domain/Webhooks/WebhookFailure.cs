using CleanUsers.Domain.Users;

namespace CleanUsers.Domain.Webhooks;

/// <summary>An attempt to deliver an event that failed.</summary>
public sealed class WebhookFailure
{
    /// <summary>In characters: two numbers of 64 bits, and what is between them.</summary>
    public const int EventIdMaxLength = 40;

    private WebhookFailure()
    {
    }

    /// <summary>Positive, given by the store when the failure is saved; never used again.</summary>
    public long Id { get; private set; }

    public long WebhookId { get; private set; }

    /// <summary>When the attempt ended.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>The event: what <c>webhook-id</c> contained.</summary>
    public string EventId { get; private set; } = "";

    /// <summary>The number of the attempt, from 1; a success begins again.</summary>
    public int Attempt { get; private set; }

    /// <summary>The status code of the response; null if there was none.</summary>
    public int? StatusCode { get; private set; }

    public string Reason { get; private set; } = "";

    /// <summary>The attempt that the webhook recorded last.</summary>
    public static WebhookFailure Of(Webhook webhook, string eventId, int? statusCode, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        return new()
        {
            WebhookId = webhook.Id,
            At = User.ToMilliseconds(now),
            EventId = eventId,
            Attempt = webhook.FailedAttempts,
            StatusCode = statusCode,
            Reason = webhook.LastError ?? "",
        };
    }
}
