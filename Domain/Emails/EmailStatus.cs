namespace CleanUsers.Domain.Emails;

public enum EmailStatus
{
    /// <summary>Waits for its turn, or for another try.</summary>
    Queued,

    /// <summary>Handed to the mail server.</summary>
    Sent,

    /// <summary>Given up.</summary>
    Failed,
}
