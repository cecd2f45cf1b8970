namespace CleanUsers.Domain.Webhooks;

public enum WebhookStatus
{
    /// <summary>Events are sent.</summary>
    Active,

    /// <summary>Nothing is sent, until a client activates it again: then it goes on where it stopped.</summary>
    Disabled,
}
