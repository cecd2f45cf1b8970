using System.Globalization;

namespace CleanUsers.WebApi.Http;

/// <summary>Whole numbers as text: digits, with a minus before them. What is too large for the type is as far out of range as the type can say.</summary>
internal static class WholeNumbers
{
    public static bool TryParse(string text, out long number)
    {
        number = 0;
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            number = text.StartsWith('-') ? long.MinValue : long.MaxValue;
        return true;
    }

    public static int? ToInt(long? number) => number is { } whole ? (int)Math.Clamp(whole, int.MinValue, int.MaxValue) : null;
}
