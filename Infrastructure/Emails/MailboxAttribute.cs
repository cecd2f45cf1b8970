using System.ComponentModel.DataAnnotations;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>A mailbox, with or without a name (RFC 5322 section 3.4).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MailboxAttribute() : ValidationAttribute("an address such as users@example.org, or Users <users@example.org>")
{
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
