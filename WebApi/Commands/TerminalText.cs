using System.Buffers;
using System.Globalization;
using System.Text;
using CleanUsers.Domain;

namespace CleanUsers.WebApi.Commands;

/// <summary>
/// Text from arguments, files, settings, exceptions and the database, as a terminal may get it: on one line, and without characters that the
/// terminal would obey (CWE-150).
/// </summary>
internal static class TerminalText
{
    /// <summary>
    /// Shows every code unit that is not allowed by <see cref="UnicodeText.IsPlainLine"/> as <c>\u001B</c>: the reader sees what was there.
    /// </summary>
    public static string Escape(string text)
    {
        if (text.IsPlainLine()) return text;
        var line = new StringBuilder(text.Length);
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var isRune = Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done;
            if (isRune && rune.ToString().IsPlainLine()) line.Append(rest[..length]);
            else line.Append("\\u").Append(((int)rest[0]).ToString("X4", CultureInfo.InvariantCulture)); // all of them have one code unit
            rest = rest[length..];
        }

        return line.ToString();
    }
}
