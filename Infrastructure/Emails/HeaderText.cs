using System.Text;
using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Emails;

/// <summary>
/// Text as the value of a header field (RFC 5322 section 2.2), with encoded words (RFC 2047) for what is not plain. The mail library is not
/// given such text: it takes what looks like an encoded word for one, and writes encoded words of more than the 75 characters that are allowed.
/// </summary>
internal static class HeaderText
{
    private const int MaxLineLength = 76; // of a line with an encoded word: RFC 2047 section 2

    /// <summary>More can't be folded into a line: one word, or a quoted string.</summary>
    private const int MaxWordLength = 60;

    /// <summary>In bytes of UTF-8. As base64 that is a word of 64 characters, which fits into a line after the name of any field here.</summary>
    private const int MaxEncodedBytes = 39;

    /// <summary>The words of an unstructured value, such as a subject, for <see cref="Fold"/>.</summary>
    public static IReadOnlyList<string> ToWords(string text) => IsPlain(text) ? text.Split(' ') : ToEncodedWords(text);

    /// <summary>The words of a display name.</summary>
    public static IReadOnlyList<string> ToPhrase(string name)
    {
        if (name.Length == 0) return [];
        if (!IsPlain(name)) return ToEncodedWords(name);
        if (name.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ' || EmailAddress.AsciiAtoms.Contains(c, StringComparison.Ordinal)))
            return name.Split(' ');
        var quoted = $"\"{name.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return quoted.Length <= MaxWordLength ? [quoted] : ToEncodedWords(name);
    }

    /// <summary>The field's value with its line end. It is folded between words, where a reader puts it together again with one space.</summary>
    public static byte[] Fold(string field, IEnumerable<string> words)
    {
        var value = new StringBuilder();
        var column = field.Length + 1;
        foreach (var word in words)
        {
            var length = Encoding.UTF8.GetByteCount(word);
            if (value.Length > 0 && column + 1 + length > MaxLineLength)
            {
                value.Append("\r\n");
                column = 0;
            }

            value.Append(' ').Append(word);
            column += 1 + length;
        }

        return Encoding.UTF8.GetBytes(value.Append("\r\n").ToString());
    }

    /// <summary>
    /// True if the text can stand as it is: printable ASCII, single spaces, no word too long for a line, nothing that a reader would take
    /// for the beginning of an encoded word.
    /// </summary>
    private static bool IsPlain(string text) =>
        text.All(c => c is >= ' ' and <= '~')
        && !text.Contains("=?", StringComparison.Ordinal)
        && text.Split(' ').All(word => word.Length is > 0 and <= MaxWordLength);

    /// <summary>Base64, and no character is divided between two words (RFC 2047 section 5). A reader drops the spaces between the words.</summary>
    private static List<string> ToEncodedWords(string text)
    {
        var words = new List<string>();
        var part = new List<byte>();
        var bytes = new byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (part.Count + length > MaxEncodedBytes) End();
            part.AddRange(bytes.AsSpan(0, length));
        }

        End();
        return words;

        void End()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. part])}?=");
            part.Clear();
        }
    }
}
