using System.ComponentModel.DataAnnotations;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>Section <c>Email</c> of the configuration.</summary>
public sealed class EmailOptions
{
    public const string Section = "Email";

    public EmailDelivery Delivery { get; init; } = EmailDelivery.Pickup;

    /// <summary>Who emails come from.</summary>
    [Mailbox]
    public string From { get; init; } = "users@localhost";

    /// <summary>Where <see cref="EmailDelivery.Pickup"/> puts emails.</summary>
    [Required(ErrorMessage = "a folder")]
    public string PickupFolder { get; init; } = "data/outbox";
}

public enum EmailDelivery
{
    /// <summary>As files, for another program to send, or to look at.</summary>
    Pickup,

    Smtp,
}
