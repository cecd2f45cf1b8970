using System.Globalization;
using CleanUsers.Application.Ports;
using MimeKit;
using MimeKit.Text;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>An email as RFC 5322 and MIME have it. The library encodes what stands in headers, so that no text can begin another one.</summary>
internal static class Messages
{
    public static MimeMessage ToMessage(this OutgoingEmail email, string from)
    {
        var sender = MailboxAddress.Parse(from);
        return new MimeMessage
        {
            // the same each time, so that a server, or a person, can tell that two are one
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{email.Id}.{email.CreatedAt.ToUnixTimeMilliseconds()}@{sender.Domain}"),
            Date = email.CreatedAt,
            From = { sender },
            To = { new MailboxAddress(email.ToName, email.To) },
            Subject = email.Subject,
            Body = new TextPart(TextFormat.Plain) { Text = email.Text },
        };
    }
}
