using System.Globalization;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using MimeKit;
using MimeKit.Text;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>
/// An email as RFC 5322 and MIME have it. Its bytes are the same for every mail server: ASCII, but for a local part that is not
/// (RFC 6532), domains as A-labels, lines of at most 998 bytes that end with CR LF.
/// </summary>
internal static class Messages
{
    /// <summary>The reason where our rules allow an address and the library's do not, or where a header did not become what it should.</summary>
    public const string Unwritable = "The address or a header can't be written in an email.";

    private static readonly string[] Fields =
        ["From", "To", "Subject", "Date", "Message-Id", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];

    /// <summary>How messages are written, to a server or a file.</summary>
    public static FormatOptions Format { get; } = new() { NewLineFormat = NewLineFormat.Dos, EnsureNewLine = true };

    /// <summary>The mailbox that the email goes to.</summary>
    public static Mailbox Recipient(this OutgoingEmail email) => Mailbox.Of(email.ToName ?? "", email.To);

    /// <exception cref="FormatException">An address or a header can't be written.</exception>
    public static MimeMessage ToMessage(this OutgoingEmail email, Mailbox from, Mailbox to)
    {
        var message = new MimeMessage();
        message.Headers.Clear();
        Add(HeaderId.From, [.. HeaderText.ToPhrase(OneLine(from.Name)), $"<{from.Address}>"]);
        Add(HeaderId.To, [.. HeaderText.ToPhrase(OneLine(to.Name)), $"<{to.Address}>"]);
        Add(HeaderId.Subject, HeaderText.ToWords(OneLine(email.Subject)));
        message.Date = email.CreatedAt;
        // the same each time, so that a server, or a person, can recognise two copies as one email
        message.MessageId = string.Create(CultureInfo.InvariantCulture, $"{email.Id}.{email.CreatedAt.ToUnixTimeMilliseconds()}@{from.Domain}");
        var body = new TextPart(TextFormat.Plain) { Text = email.Text.ReplaceLineEndings("\r\n") };
        message.Body = body;
        message.Prepare(EncodingConstraint.SevenBit); // what is not ASCII, or has a line of more than 78 characters, is encoded
        if (body.ContentTransferEncoding == ContentEncoding.Default) body.ContentTransferEncoding = ContentEncoding.SevenBit;

        using var written = new MemoryStream();
        message.WriteTo(Format, written);
        if (!HeaderSection.HasOnly(written.GetBuffer().AsSpan(0, (int)written.Length), Fields)) throw new FormatException(Unwritable);
        return message;

        void Add(HeaderId field, IEnumerable<string> words)
        {
            var header = new Header(field, "");
            header.SetRawValue(HeaderText.Fold(field.ToHeaderName(), words));
            message.Headers.Add(header);
        }
    }

    private static string OneLine(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => UnicodeText.IsControl(rune) ? " " : rune.ToString()));
}
