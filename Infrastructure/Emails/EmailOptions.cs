using System.ComponentModel.DataAnnotations;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>Section <c>Email</c> of the configuration.</summary>
public sealed class EmailOptions
{
    public const string Section = "Email";

    public EmailTransport Delivery { get; init; } = EmailTransport.Pickup;

    /// <summary>Who emails come from.</summary>
    [Mailbox]
    public string From { get; init; } = "users@localhost";

    /// <summary>Where <see cref="EmailTransport.Pickup"/> puts emails.</summary>
    [Required(ErrorMessage = "a folder")]
    public string PickupFolder { get; init; } = "data/outbox";
}

public enum EmailTransport
{
    /// <summary>As files, for another program to send, or to look at.</summary>
    Pickup,

    Smtp,
}
