using System.Globalization;

namespace CleanUsers.Application;

/// <summary>RFC 3339 section 5.6, as it comes: any offset, any number of decimals.</summary>
internal static class Rfc3339
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        // K also takes nothing at all, which would be a local time of somewhere
        var zoned = text.Length > 6 && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-');
        return zoned && DateTimeOffset.TryParseExact(
            text.ToUpperInvariant(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out instant);
    }

    /// <summary>The first millisecond that is not before the text's instant: what is stored has no finer part to compare.</summary>
    public static DateTimeOffset Parse(string text)
    {
        if (!TryParse(text, out var instant)) throw new FormatException("Not a time of RFC 3339.");
        var milliseconds = instant.ToUnixTimeMilliseconds();
        var whole = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return whole < instant && milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? whole.AddMilliseconds(1) : whole;
    }
}
