using System.Globalization;
using System.Text.RegularExpressions;

namespace CleanUsers.Application;

/// <summary>Times in the form of RFC 3339 section 5.6, with any offset and any number of decimals.</summary>
public static partial class Rfc3339
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    /// <summary>
    /// The first millisecond that is not before the instant, since what is stored has no finer part to compare, and whether it is the instant itself;
    /// null if the text is no time.
    /// </summary>
    public static (DateTimeOffset Instant, bool IsExact)? Parse(string text)
    {
        if (Form.Match(text) is not { Success: true } match) return null;
        var decimals = match.Groups["decimals"].ValueSpan;
        var kept = decimals[..Math.Min(decimals.Length, 8)]; // with the point: 100 ns, the framework's unit
        if (!DateTimeOffset.TryParseExact(
            $"{match.Groups["time"].ValueSpan}{kept}{match.Groups["zone"].ValueSpan}".ToUpperInvariant(),
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal,
            out var instant)) return null;

        var milliseconds = instant.ToUnixTimeMilliseconds();
        var whole = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        if (whole == instant && !decimals[kept.Length..].ContainsAnyExcept('0')) return (whole, true);
        return (milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? whole.AddMilliseconds(1) : whole, false);
    }

    /// <param name="text">The time, or null.</param>
    /// <param name="member">The member's name, for the error.</param>
    internal static Parsed<DateTimeOffset?> Parse(string? text, string member)
    {
        if (text is null) return (DateTimeOffset?)null;
        return Parse(text) is { } parsed
            ? parsed.Instant
            : Parsed.Rejected<DateTimeOffset?>("invalid-timestamp", $"{member} must be a time such as 2026-01-31T12:00:00Z (RFC 3339).");
    }

#pragma warning disable MA0009 // no part can match in two ways, so it takes linear time without NonBacktracking, for which no code is generated
    [GeneratedRegex(
        @"^(?<time>[0-9-]{10}[Tt][0-9:]{8})(?<decimals>\.[0-9]+)?(?<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.ExplicitCapture)]
#pragma warning restore MA0009
    private static partial Regex Form { get; }
}
