using System.Globalization;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>
/// Whole numbers as text. A number that is too large for the type becomes the largest or smallest of the type, which is out of range.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>More than the digits of any body, so that an exponent of this size is as good as a larger one.</summary>
    private const long HugeExponent = 1_000_000_000_000_000_000;

    /// <summary>Digits, with a minus before them: as parameters, options and cells of a file are written.</summary>
    public static bool TryParse(string text, out long number)
    {
        number = 0;
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            number = text.StartsWith('-') ? long.MinValue : long.MaxValue;
        return true;
    }

    /// <summary>
    /// A JSON number (RFC 8259 section 6) whose value is whole, however it is written: 30, 30.0, 3e1 and 300e-1 are one number, as JSON Schema's
    /// <c>integer</c> has it. Exact, and in time linear in the length of the text: 1e999999999 is never written out.
    /// </summary>
    public static bool TryParseJson(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        var isNegative = text[0] == '-';
        if (isNegative) text = text[1..];
        var mark = text.IndexOfAny("eE"u8);
        var exponent = mark < 0 ? 0 : Exponent(text[(mark + 1)..]);
        if (mark >= 0) text = text[..mark];
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..].TrimEnd((byte)'0');

        // the digits from the first to the last that is not 0, times ten to the power of the exponent
        exponent -= fraction.Length;
        if (fraction.IsEmpty)
        {
            exponent += whole.Length;
            whole = whole.TrimEnd((byte)'0');
            exponent -= whole.Length;
        }

        whole = whole.TrimStart((byte)'0');
        if (whole.IsEmpty) fraction = fraction.TrimStart((byte)'0');
        var digits = whole.Length + fraction.Length;
        if (digits == 0) return true;
        if (exponent < 0) return false;

        var magnitude = digits + exponent > 19 ? ulong.MaxValue : Magnitude(whole, fraction, exponent); // 19 digits fit in 64 bits
        if (magnitude <= long.MaxValue) number = isNegative ? -(long)magnitude : (long)magnitude;
        else number = isNegative ? long.MinValue : long.MaxValue;
        return true;
    }

    private static long Exponent(ReadOnlySpan<byte> text)
    {
        var isNegative = text[0] == '-';
        var digits = text.TrimStart("+-"u8).TrimStart((byte)'0');
        var exponent = digits.Length > 18 ? HugeExponent : 0;
        if (exponent == 0)
            foreach (var digit in digits) exponent = (exponent * 10) + (digit - '0');
        return isNegative ? -exponent : exponent;
    }

    private static ulong Magnitude(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, long exponent)
    {
        ulong magnitude = 0;
        foreach (var digit in whole) magnitude = (magnitude * 10) + (ulong)(digit - '0');
        foreach (var digit in fraction) magnitude = (magnitude * 10) + (ulong)(digit - '0');
        for (; exponent > 0; exponent--) magnitude *= 10;
        return magnitude;
    }
}
