using System.Globalization;
using System.Text.RegularExpressions;

namespace CleanUsers.Application;

/// <summary>RFC 3339 section 5.6, as it comes: any offset, any number of decimals (what is finer than 100 ns counts as the next 100 ns).</summary>
internal static partial class Rfc3339
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (Form.Match(text) is not { Success: true } match) return false;
        var decimals = match.Groups["decimals"].Value;
        var (kept, cut) = decimals.Length > 8 ? (decimals[..8], decimals[8..]) : (decimals, "");
        var parsed = DateTimeOffset.TryParseExact(
            $"{match.Groups["time"].ValueSpan}{kept}{match.Groups["zone"].ValueSpan}".ToUpperInvariant(),
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal,
            out instant);
        if (cut.AsSpan().ContainsAnyExcept('0') && instant < DateTimeOffset.MaxValue) instant = instant.AddTicks(1);
        return parsed;
    }

    /// <summary>Null, or the first millisecond that is not before the text's instant: what is stored has no finer part to compare.</summary>
    /// <param name="text">The time, or null.</param>
    /// <param name="member">The member's name, for the error.</param>
    public static Parsed<DateTimeOffset?> Parse(string? text, string member)
    {
        if (text is null) return (DateTimeOffset?)null;
        if (!TryParse(text, out var instant))
            return Parsed.Rejected<DateTimeOffset?>("invalid-timestamp", $"{member} must be a time such as 2026-01-31T12:00:00Z (RFC 3339).");
        var milliseconds = instant.ToUnixTimeMilliseconds();
        var whole = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return whole < instant && milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? whole.AddMilliseconds(1) : whole;
    }

    [GeneratedRegex(
        @"^(?<time>[0-9-]{10}[Tt][0-9:]{8})(?<decimals>\.[0-9]+)?(?<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Form { get; }
}
