using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using CleanUsers.Domain;
using MimeKit;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>An address with its domain as A-labels (RFC 5890), and the name of its owner.</summary>
/// <param name="Name">Any text; empty where there is no name.</param>
/// <param name="Address">ASCII, but for a local part that is not (RFC 6531).</param>
internal sealed record Mailbox(string Name, string Address)
{
    private static readonly IdnMapping Idna = new() { UseStd3AsciiRules = true };

    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <param name="address">A text with an @.</param>
    /// <exception cref="FormatException">The domain is not a host name.</exception>
    public static Mailbox Of(string name, string address)
    {
        var at = address.LastIndexOf('@');
        return new(name, $"{address[..at]}@{ToAscii(address[(at + 1)..])}");
    }

    /// <param name="text">An address, with or without a name (RFC 5322 section 3.4).</param>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static Mailbox Parse(string text)
    {
        var mailbox = MailboxAddress.Parse(text);
        if (!mailbox.Address.Contains('@', StringComparison.Ordinal)) throw new FormatException("There is no @.");
        return Of(mailbox.Name ?? "", mailbox.Address);
    }

    /// <summary>For the library's commands to the server. It keeps the domain as U-labels, and must make the same A-labels of them again.</summary>
    /// <exception cref="FormatException">The mail library does not accept the address.</exception>
    public MailboxAddress ToEnvelope()
    {
        var envelope = new MailboxAddress("", Address);
        var isSame = envelope.GetAddress(idnEncode: true).Equals(Address, StringComparison.OrdinalIgnoreCase);
        return isSame ? envelope : throw new FormatException("The mail library would write another address.");
    }

    private static string ToAscii(string domain)
    {
        if (Ascii.IsValid(domain)) return domain;
        try
        {
            return Idna.GetAscii(domain.ToLowerNfc());
        }
        catch (ArgumentException invalid)
        {
            throw new FormatException("The domain is not a host name.", invalid);
        }
    }
}

/// <summary>A mailbox, with or without a name (RFC 5322 section 3.4).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MailboxAttribute : ValidationAttribute
{
    public MailboxAttribute() => ErrorMessage = "an address such as users@example.org, or Users <users@example.org>";

    public override bool IsValid(object? value)
    {
        try
        {
            return value is string text && Mailbox.Parse(text).ToEnvelope() is not null;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
