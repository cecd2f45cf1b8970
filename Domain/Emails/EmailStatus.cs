namespace CleanUsers.Domain.Emails;

public enum EmailStatus
{
    /// <summary>Waiting to be sent, or to be tried again.</summary>
    Queued,

    /// <summary>Handed to the mail server.</summary>
    Sent,

    /// <summary>Given up.</summary>
    Failed,
}
