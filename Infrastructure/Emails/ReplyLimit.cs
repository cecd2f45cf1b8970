using MailKit;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>
/// Ends a session in which the server sends too much. The library keeps a reply in memory until its line ends, however long that takes;
/// what it reads passes here first.
/// </summary>
internal sealed class ReplyLimit : IProtocolLogger
{
    /// <summary>
    /// Of all replies to one email: a reply line has at most 512 bytes (RFC 5321 section 4.5.3.1.5), a challenge 12,288 (RFC 4954 section 4).
    /// </summary>
    private const int MaxBytes = 64 * 1024;

    private int _bytes;

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    public void LogConnect(Uri uri)
    {
    }

    public void LogClient(byte[] buffer, int offset, int count)
    {
    }

    /// <exception cref="ReplyTooLongException">The server has sent more than is read.</exception>
    public void LogServer(byte[] buffer, int offset, int count)
    {
        _bytes += count;
        if (_bytes > MaxBytes) throw new ReplyTooLongException();
    }

    public void Dispose()
    {
    }
}

/// <summary>A mail server sends a reply that has no end.</summary>
internal sealed class ReplyTooLongException : IOException;
