using System.Globalization;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using MimeKit;
using MimeKit.Text;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>
/// An email as RFC 5322 and MIME have it. Names and subjects have no line breaks where they come from; here they can't have any, because the
/// library would write one into an international header as it is, and begin another header.
/// </summary>
internal static class Messages
{
    /// <summary>What is said where an address is one by our rules and none by the library's.</summary>
    public const string Unwritable = "The address can't be written in an email.";

    /// <exception cref="FormatException">The address can't be written.</exception>
    public static MimeMessage ToMessage(this OutgoingEmail email, string from)
    {
        var sender = MailboxAddress.Parse(from);
        return new MimeMessage
        {
            // the same each time, so that a server, or a person, can tell that two are one
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{email.Id}.{email.CreatedAt.ToUnixTimeMilliseconds()}@{sender.Domain}"),
            Date = email.CreatedAt,
            From = { sender },
            To = { new MailboxAddress(OneLine(email.ToName ?? ""), email.To) },
            Subject = OneLine(email.Subject),
            Body = new TextPart(TextFormat.Plain) { Text = email.Text },
        };
    }

    private static string OneLine(string text) => string.Concat(text.EnumerateRunes().Select(rune => UnicodeText.IsControl(rune) ? " " : rune.ToString()));
}
