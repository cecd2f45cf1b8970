using System.ComponentModel.DataAnnotations;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>Section <c>Email:Smtp</c> of the configuration: the mail server that takes the emails.</summary>
public sealed class SmtpOptions
{
    public const string Section = "Email:Smtp";

    public string Host { get; init; } = "";

    [Range(1, 65535)]
    public int Port { get; init; } = 587;

    /// <summary>Null: the server does not require authentication.</summary>
    public string? Username { get; init; }

    [DataType(DataType.Password)]
    public string? Password { get; init; }

    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>How long the server may take for an email, from the connection to its last reply.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:50")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);
}

public enum SmtpSecurity
{
    /// <summary>No encryption; for a server on this machine.</summary>
    None,

    /// <summary>Plain at first, then TLS, or nothing is sent (RFC 3207).</summary>
    StartTls,

    /// <summary>TLS from the first byte on (RFC 8314).</summary>
    Tls,
}
