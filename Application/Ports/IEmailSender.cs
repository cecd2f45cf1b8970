namespace CleanUsers.Application.Ports;

/// <summary>Sends emails.</summary>
public interface IEmailSender
{
    /// <summary>Returns the outcome; throws no exception but cancellation.</summary>
    Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct);
}

/// <param name="Id">The id of the email: two deliveries with the same id are the same email.</param>
/// <param name="To">An <see cref="Domain.Users.EmailAddress"/>.</param>
public sealed record OutgoingEmail(long Id, string To, string? ToName, string Subject, string Text, DateTimeOffset CreatedAt);

/// <param name="Reason">Why it was not delivered, in plain words.</param>
public sealed record Delivery(DeliveryOutcome Outcome, string Reason = "")
{
    public static readonly Delivery Delivered = new(DeliveryOutcome.Delivered);

    /// <summary>The reason for the log: without the text of the mail server, which often repeats the address of the recipient.</summary>
    public string ReasonForLog { get; init; } = Reason;
}

public enum DeliveryOutcome
{
    Delivered,

    /// <summary>A transient failure: the server can't be reached, or is busy, or replies that the sender must try again later.</summary>
    NotNow,

    /// <summary>A permanent failure: the server rejects this email.</summary>
    Rejected,
}
