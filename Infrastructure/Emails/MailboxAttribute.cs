using System.ComponentModel.DataAnnotations;
using MimeKit;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>A mailbox, with or without a name (RFC 5322 section 3.4).</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MailboxAttribute() : ValidationAttribute("an address such as users@example.org, or Users <users@example.org>")
{
    public override bool IsValid(object? value) => value is string text && MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address.Contains('@', StringComparison.Ordinal);
}
