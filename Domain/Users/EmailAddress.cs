using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace CleanUsers.Domain.Users;

/// <summary>
/// An email address: a dot-atom and a host name (RFC 5321 section 4.1.2, RFC 6531 for what is not ASCII). It is stored as written and
/// compared by <see cref="Key"/>.
/// </summary>
public sealed record EmailAddress
{
    /// <summary>In bytes of UTF-8, of the address as written and of its key (RFC 5321 section 4.5.3.1.3, errata 1690).</summary>
    public const int MaxBytes = 254;

    /// <summary>In bytes of UTF-8 (RFC 5321 section 4.5.3.1.1).</summary>
    public const int LocalPartMaxBytes = 64;

    /// <summary>The characters of an atom, next to ASCII letters and digits (RFC 5322 section 3.2.3).</summary>
    public const string AsciiAtoms = "!#$%&'*+-/=?^_`{|}~";

    // It does not check the Bidi rule for labels (RFC 5893 section 2): see docs/decisions/0007-addresses-and-names.md
    private static readonly IdnMapping Idna = new() { UseStd3AsciiRules = true };

    private EmailAddress(string value, string key) => (Value, Key) = (value, key);

    /// <summary>As it was written.</summary>
    public string Value { get; }

    /// <summary>What two spellings of one address share: NFC, lower case, the domain as A-labels (RFC 5890).</summary>
    public string Key { get; }

    /// <param name="text">The address alone, without display name, comment or white space.</param>
    /// <param name="address">The address, if the text is one.</param>
    /// <param name="error">Why the text is not an address: <c>too-long</c> or <c>invalid-email</c>.</param>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out EmailAddress? address, [NotNullWhen(false)] out InvalidValue? error)
    {
        address = null;
        error = Validate(text, out var key);
        if (error is not null) return false;
        address = new EmailAddress(text!, key);
        return true;
    }

    public override string ToString() => Value;

    internal static EmailAddress Stored(string value, string key) => new(value, key);

    private static InvalidValue? Validate(string? text, out string key)
    {
        key = "";
        if (string.IsNullOrEmpty(text) || !text.IsWellFormed()) return Invalid("must be an address such as name@example.org");
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes) return TooLong($"must be at most {MaxBytes} bytes long");
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune)) return Invalid("must not have white space");
            if (UnicodeText.IsControl(rune)) return Invalid("must not have control characters");
            if (UnicodeText.IsInvisible(rune)) return Invalid("must not have invisible or direction-changing characters");
        }

        var at = text.LastIndexOf('@');
        if (at < 0) return Invalid("must have an @");
        var local = text[..at];
        if (Encoding.UTF8.GetByteCount(local) > LocalPartMaxBytes)
            return TooLong($"must have at most {LocalPartMaxBytes} bytes before the @");
        if (!IsDotAtom(local)) return Invalid("must have words joined by single dots before the @, without quotes");
        if (!TryToAscii(text[(at + 1)..], out var domain)) return Invalid("must have a host name after the @");

        key = $"{local.ToLowerNfc()}@{domain}";
        return Encoding.UTF8.GetByteCount(key) > MaxBytes ? TooLong($"must be at most {MaxBytes} bytes long in its normal form") : null;

        static InvalidValue Invalid(string what) => new("invalid-email", $"Email {what}.");
        static InvalidValue TooLong(string what) => new("too-long", $"Email {what}.");
    }

    private static bool IsDotAtom(string local)
    {
        if (local.Length == 0 || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)) return false;
        foreach (var rune in local.EnumerateRunes())
        {
            // An unassigned code point may get a lower case or a normal form in a later Unicode, which would change the key.
            if (rune.IsAscii ? !IsAtomText((char)rune.Value) : Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherNotAssigned)
                return false;
        }

        return true;
    }

    private static bool IsAtomText(char c) => char.IsAsciiLetterOrDigit(c) || c == '.' || AsciiAtoms.Contains(c, StringComparison.Ordinal);

    private static bool TryToAscii(string domain, out string ascii)
    {
        ascii = "";
        try
        {
            ascii = Idna.GetAscii(domain.ToLowerNfc()).ToLowerInvariant();
        }
        catch (ArgumentException) // IdnMapping has no other way to report an invalid name
        {
            return false;
        }

        // RFC 1123 section 2.1, and RFC 3696 section 2: a last label of digits alone is an IPv4 address
        var labels = ascii.Split('.');
        return ascii.Length <= 253 && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit);
    }

    private static bool IsLabel(string label) => label.Length is > 0 and <= 63
        && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
