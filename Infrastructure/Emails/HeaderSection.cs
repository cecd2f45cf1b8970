namespace CleanUsers.Infrastructure.Emails;

/// <summary>The last look at a message before it is sent: a line break in the wrong place would begin another header, or the body.</summary>
internal static class HeaderSection
{
    private const int MaxLineLength = 998; // RFC 5322 section 2.1.1

    /// <summary>
    /// True if the message begins with exactly these fields, each once, in lines that end with CR LF, hold neither of the two elsewhere, and
    /// begin with a field's name or continue a field (RFC 5322 section 2.2.3).
    /// </summary>
    public static bool HasOnly(ReadOnlySpan<byte> message, IReadOnlyCollection<string> fields)
    {
        var found = new List<string>();
        while (true)
        {
            var end = message.IndexOf("\r\n"u8);
            if (end is < 0 or > MaxLineLength) return false;
            var line = message[..end];
            if (line.IsEmpty) break;
            if (line.IndexOfAny("\r\n\0"u8) >= 0) return false;
            if (line[0] is (byte)' ' or (byte)'\t')
            {
                if (found.Count == 0 || line.IndexOfAnyExcept(" \t"u8) < 0) return false;
            }
            else
            {
                var colon = line.IndexOf((byte)':');
                if (colon < 0) return false;
                found.Add(System.Text.Encoding.Latin1.GetString(line[..colon]));
            }

            message = message[(end + 2)..];
        }

        var names = StringComparer.OrdinalIgnoreCase;
        return found.Order(names).SequenceEqual(fields.Order(names), names);
    }
}
