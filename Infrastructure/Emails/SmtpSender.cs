using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CleanUsers.Application.Ports;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>
/// Sends emails to a mail server (RFC 5321), over one connection each. Only what the server replies about the recipient or the message can be
/// final; what it replies about the session, the login or the sender is the same for every email, and is retried.
/// </summary>
internal sealed partial class SmtpSender(EmailOptions options, SmtpOptions smtp) : IEmailSender
{
    /// <summary>For the goodbye, which changes nothing.</summary>
    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(1);

    private readonly Mailbox _from = Mailbox.Parse(options.From);

    public async Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct)
    {
        using var client = new SmtpClient(new ReplyLimit());
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(smtp.Timeout);
        var isReady = false;
        try
        {
            var to = email.Recipient();
            using var message = email.ToMessage(_from, to);
            var (envelopeFrom, envelopeTo) = (_from.ToEnvelope(), to.ToEnvelope());
            await client.ConnectAsync(smtp.Host, smtp.Port, Security(), timeout.Token);
            if (smtp.Username is not null) await client.AuthenticateAsync(smtp.Username, smtp.Password ?? "", timeout.Token);
            isReady = true;
            // RFC 6531 sections 3.2 and 3.4: SMTPUTF8 is for what can't be sent without it, since a server on the way may not have it
            if (Ascii.IsValid(_from.Address) && Ascii.IsValid(to.Address)) client.Capabilities &= ~SmtpCapabilities.UTF8;
            else if (NotWithout(client.Capabilities) is { } missing) return missing;
            await client.SendAsync(Messages.Format, message, envelopeFrom, [envelopeTo], timeout.Token);
        }
        catch (SmtpCommandException reply) when (reply.ErrorCode == SmtpErrorCode.MessageNotAccepted && (int)reply.StatusCode is >= 200 and < 300)
        {
            // the library accepts 250 alone; the first digit decides (RFC 5321 section 4.2.1)
        }
        catch (SmtpCommandException reply)
        {
            return ToDelivery(reply, isReady);
        }
        catch (ServiceNotAuthenticatedException reply)
        {
            return AuthenticationRequired(SmtpStatusCode.AuthenticationRequired, reply.Message);
        }
        catch (AuthenticationException exception)
        {
            return exception.InnerException is SmtpCommandException { StatusCode: not SmtpStatusCode.AuthenticationInvalidCredentials } reply
                ? Replied(DeliveryOutcome.NotNow, "The mail server did not accept the login. It replied:", reply.StatusCode, reply.Message)
                : NotNow("The mail server does not accept the service's user name and password."); // until they are corrected
        }
        catch (FormatException)
        {
            return new(DeliveryOutcome.Rejected, Messages.Unwritable);
        }
        catch (SslHandshakeException)
        {
            return NotNow("No secure connection to the mail server could be made.");
        }
        catch (NotSupportedException)
        {
            return NotNow(client.IsConnected
                ? "The mail server offers no login that the service can use, and the configuration has a user name."
                : "The mail server does not offer STARTTLS, which the configuration requires.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return NotNow("The mail server did not respond in time.");
        }
        catch (ReplyTooLongException)
        {
            return NotNow("The mail server sent a reply without an end.");
        }
        catch (ProtocolException)
        {
            return NotNow("The mail server ended the connection, or sent what is not a reply of SMTP.");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            const string Reason = "The mail server can't be reached, or ended the connection.";
            return NotNow(Reason) with { ReasonForLog = $"{Reason} {exception.GetBaseException().Message}" };
        }

        // the server has the email: the end of the connection does not matter
        timeout.CancelAfter(QuitTimeout);
        await client.DisconnectAsync(quit: true, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Delivery.Delivered;
    }

    /// <summary>A local part that is not ASCII goes only to a server that offers SMTPUTF8.</summary>
    /// <returns>Null if the server offers it.</returns>
    private Delivery? NotWithout(SmtpCapabilities capabilities)
    {
        if (capabilities.HasFlag(SmtpCapabilities.UTF8)) return null;
        return Ascii.IsValid(_from.Address)
            ? new(DeliveryOutcome.Rejected, "The mail server takes only ASCII addresses.")
            : NotNow("The mail server takes only ASCII addresses, and 'Email:From' is not ASCII.");
    }

    /// <param name="isReady">Whether the session was established, so that the reply is about the email.</param>
    private static Delivery ToDelivery(SmtpCommandException reply, bool isReady)
    {
        if (reply.StatusCode == SmtpStatusCode.AuthenticationRequired) return AuthenticationRequired(reply.StatusCode, reply.Message);
        var isFinal = reply.ErrorCode != SmtpErrorCode.SenderNotAccepted && isReady && IsFinal(reply.StatusCode);
        return Replied(isFinal ? DeliveryOutcome.Rejected : DeliveryOutcome.NotNow, "The mail server replied:", reply.StatusCode, reply.Message);
    }

    /// <summary>5yz (RFC 5321 section 4.2.1), but for those of RFC 4954 section 6, which are about the login.</summary>
    private static bool IsFinal(SmtpStatusCode status) => (int)status is >= 500 and < 600 and not (530 or 534 or 535 or 538);

    private static Delivery NotNow(string reason) => new(DeliveryOutcome.NotNow, reason);

    private static Delivery AuthenticationRequired(SmtpStatusCode status, string reply) =>
        Replied(DeliveryOutcome.NotNow, "The mail server requires authentication. It replied:", status, reply);

    /// <summary>The text of a reply is for the email alone; the log has its codes (RFC 5321 section 4.2, RFC 3463).</summary>
    private static Delivery Replied(DeliveryOutcome outcome, string sentence, SmtpStatusCode status, string reply)
    {
        var code = string.Create(CultureInfo.InvariantCulture, $"{sentence} {(int)status}");
        return new(outcome, $"{code} {reply.ReplaceLineEndings(" ")}")
        {
            ReasonForLog = $"{code} {EnhancedStatusCode().Match(reply).Value}".TrimEnd(),
        };
    }

    [GeneratedRegex(
        @"^[245]\.[0-9]{1,3}\.[0-9]{1,3}\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedStatusCode();

    private SecureSocketOptions Security() => smtp.Security switch
    {
        SmtpSecurity.None => SecureSocketOptions.None,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
    };
}
