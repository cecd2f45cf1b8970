using CleanUsers.Application;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Scim;

namespace CleanUsers.WebApi.Scim.Filters;

/// <summary>What a filter compares with, in the form in which the attribute is compared.</summary>
internal static class ScimOperand
{
    /// <summary>The attribute that is compared: of a complex one with several values the inner <c>value</c>.</summary>
    public static ScimField FieldOf(ScimPath path) => path.Last.IsMany ? path.Last.Find("value") ?? path.Last : path.Last;

    /// <summary>A stored text.</summary>
    public static string Form(string text, ScimField field) => field.Form switch
    {
        ScimForm.Exact => text,
        ScimForm.IgnoreCase => text.ToLowerNfc(),
        ScimForm.Address => ScimText.Key(text),
    };

    /// <summary>The text of a filter: a part of an address is no address.</summary>
    public static string Form(string text, ScimField field, ScimComparison comparison)
    {
        var isPart = comparison is ScimComparison.StartsWith or ScimComparison.Contains or ScimComparison.EndsWith;
        return isPart && field.Form == ScimForm.Address ? text.ToLowerNfc() : Form(text, field);
    }

    public static bool? Boolean(object? operand) => operand switch
    {
        bool value => value,
        string text when bool.TryParse(text, out var value) => value, // "True", as Entra ID writes it
        _ => null,
    };

    /// <inheritdoc cref="Rfc3339.Parse(string)"/>
    public static (DateTimeOffset Instant, bool IsExact)? Instant(object? operand) => operand is string text ? Rfc3339.Parse(text) : null;

    public static bool Compares(string text, ScimComparison comparison, string operand) => comparison switch
    {
        ScimComparison.Equal => text == operand,
        ScimComparison.StartsWith => text.StartsWith(operand, StringComparison.Ordinal),
        ScimComparison.Contains => text.Contains(operand, StringComparison.Ordinal),
        ScimComparison.EndsWith => text.EndsWith(operand, StringComparison.Ordinal),
        ScimComparison.Greater => CompareRunes(text, operand) > 0,
        ScimComparison.GreaterOrEqual => CompareRunes(text, operand) >= 0,
        ScimComparison.Less => CompareRunes(text, operand) < 0,
        ScimComparison.LessOrEqual => CompareRunes(text, operand) <= 0,
    };

    /// <summary>
    /// A comparison with an operand that is finer than the whole milliseconds of stored times, and so lies between two of them, as one with the
    /// millisecond after it.
    /// </summary>
    /// <returns>Null for a comparison that no stored time meets.</returns>
    public static ScimComparison? OfMilliseconds(ScimComparison comparison, bool isExact) => comparison switch
    {
        _ when isExact => comparison,
        ScimComparison.Equal => null,
        ScimComparison.Greater => ScimComparison.GreaterOrEqual,
        ScimComparison.LessOrEqual => ScimComparison.Less,
        _ => comparison,
    };

    public static bool Compares(DateTimeOffset time, ScimComparison comparison, DateTimeOffset operand) => comparison switch
    {
        ScimComparison.Equal => time == operand,
        ScimComparison.Greater => time > operand,
        ScimComparison.GreaterOrEqual => time >= operand,
        ScimComparison.Less => time < operand,
        ScimComparison.LessOrEqual => time <= operand,
        _ => false,
    };

    /// <summary>By code point, as every database compares.</summary>
    private static int CompareRunes(string one, string other)
    {
        var (left, right) = (one.EnumerateRunes(), other.EnumerateRunes());
        while (true)
        {
            var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
            if (!hasLeft || !hasRight) return hasLeft.CompareTo(hasRight);
            if (left.Current != right.Current) return left.Current.CompareTo(right.Current);
        }
    }
}
