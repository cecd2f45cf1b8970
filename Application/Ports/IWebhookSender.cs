using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Ports;

/// <summary>Sends events to receivers.</summary>
public interface IWebhookSender
{
    /// <summary>The address in a URL that nothing may be sent to; null if it has another one, or a name, which is not looked up here.</summary>
    string? FindForbiddenAddress(Uri url);

    /// <summary>Makes one attempt. Returns the outcome; throws no exception but cancellation.</summary>
    Task<WebhookAttempt> SendAsync(OutgoingEvent message, CancellationToken ct);
}

/// <param name="Id">The same for each attempt: a receiver recognises by it an event that it gets twice.</param>
/// <param name="Secrets">Each makes a signature.</param>
/// <param name="SentAt">The time of the attempt.</param>
public sealed record OutgoingEvent(
    string Id, string Url, IReadOnlyList<string> Secrets, DateTimeOffset SentAt, long UserId, long Version, UserChangeKind Kind, DateTimeOffset At);

/// <param name="StatusCode">Of the response; null if there was none.</param>
/// <param name="Reason">Why it failed, in plain words, without the URL or the text of the receiver.</param>
/// <param name="RetryAfter">How long the receiver demands to wait.</param>
public sealed record WebhookAttempt(WebhookOutcome Outcome, int? StatusCode = null, string Reason = "", TimeSpan? RetryAfter = null);

public enum WebhookOutcome
{
    Delivered,

    /// <summary>The attempt is to be repeated later.</summary>
    Failed,

    /// <summary>The receiver is gone, for ever.</summary>
    Gone,
}
