using System.Globalization;
using System.Net.Sockets;
using System.Text;
using CleanUsers.Application.Ports;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>Hands emails to a mail server (RFC 5321), one connection each.</summary>
internal sealed class SmtpSender(EmailOptions options, SmtpOptions smtp) : IEmailSender
{
    public async Task<Delivery> SendAsync(OutgoingEmail email, CancellationToken ct)
    {
        using var client = new SmtpClient();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(smtp.Timeout);
        try
        {
            using var message = email.ToMessage(options.From);
            await client.ConnectAsync(smtp.Host, smtp.Port, Security(), patience.Token);
            if (smtp.Username is not null) await client.AuthenticateAsync(smtp.Username, smtp.Password ?? "", patience.Token);
            // RFC 6531: an address that is not ASCII goes only to servers that say that they know such
            var international = client.Capabilities.HasFlag(SmtpCapabilities.UTF8);
            if (!international && !Ascii.IsValid(email.To.AsSpan(0, email.To.LastIndexOf('@'))))
                return new(DeliveryOutcome.Refused, "The mail server takes only ASCII addresses.");
            await client.SendAsync(new FormatOptions { International = international }, message, patience.Token);
        }
        catch (SmtpCommandException refusal) when ((int)refusal.StatusCode >= 500)
        {
            return new(DeliveryOutcome.Refused, Said(refusal));
        }
        catch (SmtpCommandException refusal)
        {
            return new(DeliveryOutcome.NotNow, Said(refusal));
        }
        catch (FormatException)
        {
            return new(DeliveryOutcome.Refused, Messages.Unwritable);
        }
        catch (AuthenticationException)
        {
            return new(DeliveryOutcome.NotNow, "The mail server does not accept the service's user name and password."); // until somebody puts it right
        }
        catch (SslHandshakeException)
        {
            return new(DeliveryOutcome.NotNow, "No secure connection to the mail server could be made.");
        }
        catch (NotSupportedException)
        {
            return new(DeliveryOutcome.NotNow, "The mail server has no STARTTLS, or no way to log in, as the configuration asks.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(DeliveryOutcome.NotNow, "The mail server did not answer in time.");
        }
        catch (Exception exception) when (exception is IOException or SocketException or ProtocolException)
        {
            return new(DeliveryOutcome.NotNow, "The mail server can't be reached, or ended the connection.");
        }

        return await QuitAsync(client, patience.Token);
    }

    // the server has the email: how the connection ends does not matter any more
    private static async Task<Delivery> QuitAsync(SmtpClient client, CancellationToken ct)
    {
        try
        {
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ProtocolException or OperationCanceledException)
        {
            return Delivery.Delivered;
        }

        return Delivery.Delivered;
    }

    private static string Said(SmtpCommandException refusal) =>
        string.Create(CultureInfo.InvariantCulture, $"The mail server said: {(int)refusal.StatusCode} {refusal.Message.ReplaceLineEndings(" ")}");

    private SecureSocketOptions Security() => smtp.Security switch
    {
        SmtpSecurity.None => SecureSocketOptions.None,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
    };
}
