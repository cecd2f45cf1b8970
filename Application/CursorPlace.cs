using System.Globalization;
using CleanUsers.Domain;

namespace CleanUsers.Application;

/// <summary>Where a page ends: <c>7</c>, or <c>7:value</c> in lists that have several orders.</summary>
/// <param name="Id">The id of the last item; positive.</param>
/// <param name="Value">The value that the list is sorted by, as plain text; null if it is sorted by the id alone.</param>
public readonly record struct CursorPlace(long Id, string? Value)
{
    internal static bool TryParse(string text, out CursorPlace place)
    {
        var end = text.IndexOf(':', StringComparison.Ordinal);
        var value = end < 0 ? null : text[(end + 1)..];
        place = TryParseInteger(end < 0 ? text : text[..end], out var id) ? new(id, value) : default;
        return place.Id > 0 && value?.IsPlainLine() != false;
    }

    /// <summary>
    /// A 64-bit integer in its one spelling: <see cref="long.TryParse(string, NumberStyles, IFormatProvider, out long)"/> alone also takes leading
    /// zeros, a minus before zero, and U+0000 at the end.
    /// </summary>
    internal static bool TryParseInteger(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
        && number.ToString(CultureInfo.InvariantCulture) == text;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}{(Value is null ? "" : ":")}{Value}");
}
