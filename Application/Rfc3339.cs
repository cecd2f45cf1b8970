using System.Globalization;
using System.Text.RegularExpressions;

namespace CleanUsers.Application;

/// <summary>
/// Times in the form of RFC 3339 section 5.6, with any offset and any number of decimals. A leap second is read as the second after it.
/// </summary>
public static partial class Rfc3339
{
    private static readonly string[] Formats = ["yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>
    /// The first millisecond that is not before the instant, since what is stored has no finer part to compare, and whether it is the instant itself;
    /// null if the text is no time.
    /// </summary>
    public static (DateTimeOffset Instant, bool IsExact)? Parse(string text)
    {
        if (Form.Match(text) is not { Success: true } match) return null;
        var decimals = match.Groups["decimals"].ValueSpan;
        var kept = decimals[..Math.Min(decimals.Length, 8)]; // with the point: 100 ns, the framework's unit
        if (ToUtc(match, kept) is not { } instant) return null;

        var milliseconds = instant.ToUnixTimeMilliseconds();
        var whole = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        if (whole == instant && !decimals[kept.Length..].ContainsAnyExcept('0')) return (whole, true);
        return (milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? whole.AddMilliseconds(1) : whole, false);
    }

    /// <summary>The instant, computed here: the framework has no leap seconds, and no offset of more than 14 hours.</summary>
    /// <returns>Null where there is no such time, or it is outside of the framework's calendar.</returns>
    private static DateTimeOffset? ToUtc(Match match, ReadOnlySpan<char> decimals)
    {
        var second = match.Groups["second"].Value;
        var offset = TimeSpan.Zero;
        var isLeap = second == "60";
        var text = $"{match.Groups["date"].ValueSpan} {match.Groups["minute"].ValueSpan}:{(isLeap ? "59" : second)}{decimals}";
        if (!DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return null;
        if (match.Groups["offset"] is { Success: true } zone
            && !TimeSpan.TryParseExact(zone.ValueSpan, @"hh\:mm", CultureInfo.InvariantCulture, out offset)) return null;

        var ticks = local.Ticks - (match.Groups["sign"].Value == "-" ? -offset.Ticks : offset.Ticks);
        if (isLeap && (ticks += TimeSpan.TicksPerSecond) % TimeSpan.TicksPerDay >= TimeSpan.TicksPerSecond) return null; // it is a day's last second
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new(ticks, TimeSpan.Zero) : null;
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
        @"^(?<date>[0-9-]{10})[Tt](?<minute>[0-9:]{5}):(?<second>[0-9]{2})(?<decimals>\.[0-9]+)?"
        + @"([Zz]|(?<sign>[+-])(?<offset>[0-9]{2}:[0-9]{2}))\z",
        RegexOptions.ExplicitCapture)]
#pragma warning restore MA0009
    private static partial Regex Form { get; }
}
