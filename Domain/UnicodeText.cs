using System.Globalization;
using System.Text;

namespace CleanUsers.Domain;

/// <summary>What names, addresses and searches require of a text.</summary>
public static class UnicodeText
{
    // Letters, marks and symbols by category, yet drawn as nothing: Unicode's Default_Ignorable_Code_Point and the blank Braille cell.
    private static readonly HashSet<int> Invisible =
        [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0];

    /// <summary>
    /// False if a surrogate stands without its other half, or the non-character U+FFFE: <see cref="string.Normalize()"/> throws on both.
    /// </summary>
    public static bool IsWellFormed(this string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\uFFFE') return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    /// <summary>
    /// The form in which texts are compared without regard to case: NFC and lower case. Lower case can undo a normal form (H with a line below has no
    /// single capital, its small letter has), so it is made again.
    /// </summary>
    public static string ToLowerNfc(this string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Normalize(NormalizationForm.FormC)
            .Replace("\u0130", "i\u0307", StringComparison.Ordinal) // of Unicode's SpecialCasing, ToLowerInvariant applies neither I with a dot
            .ToLowerInvariant()
            .Replace('\u03C2', '\u03C3') // nor the sigma that ends a word, which in capitals is one letter with the other
            .Normalize(NormalizationForm.FormC);
    }

    /// <summary>Control characters, and characters that break a line.</summary>
    public static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>
    /// True if text is safe to store, to compare and to show on one line: no half surrogate pairs, no U+FFFE, no control characters or line
    /// breaks, no characters that override the direction of text. PostgreSQL rejects U+0000 and half surrogate pairs, terminals and mail
    /// headers interpret the others. Input is rejected unless this is true.
    /// </summary>
    public static bool IsPlainLine(this string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.IsWellFormed()) return false;
        foreach (var rune in text.EnumerateRunes())
            if (IsControl(rune) || IsBidiOverride(rune)) return false;
        return true;
    }

    /// <summary>
    /// Text from outside that can't be rejected, such as a mail server's reply, made into a text for which <see cref="IsPlainLine"/> is true:
    /// control characters and line breaks become spaces, everything else that is not allowed becomes U+FFFD.
    /// </summary>
    /// <param name="text">Any text, also text that is not valid UTF-16.</param>
    /// <param name="maxLength">In UTF-16 code units, as columns are measured; what is longer is cut between two code points.</param>
    public static string ToPlainLine(this string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.EnumerateRunes()) // a half surrogate pair becomes U+FFFD
        {
            var plain = IsControl(rune) ? new Rune(' ') : IsBidiOverride(rune) || rune.Value == 0xFFFE ? Rune.ReplacementChar : rune;
            if (line.Length + plain.Utf16SequenceLength > maxLength) break;
            line.Append(plain);
        }

        return line.ToString();
    }

    /// <summary>Embeddings, overrides and isolates: they let a text show in another order than it is stored (UAX #9, CVE-2021-42574).</summary>
    internal static bool IsBidiOverride(Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    /// <summary>Drawn as nothing at all: zero-width, formatting and filler characters, variation selectors.</summary>
    internal static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF)
        || Invisible.Contains(rune.Value);
}
