using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.Application;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Scim;

namespace CleanUsers.WebApi.Scim.Filters;

/// <summary>
/// Whether a user, or a value of one of its attributes, meets a filter. For values that PATCH chooses; lists are filtered by the database.
/// </summary>
internal static class ScimEvaluator
{
    /// <param name="value">With the names that <see cref="ScimSchema"/> has.</param>
    public static bool Matches(ScimExpression filter, JsonObject value) => filter switch
    {
        ScimExpression.And(var left, var right) => Matches(left, value) && Matches(right, value),
        ScimExpression.Or(var left, var right) => Matches(left, value) || Matches(right, value),
        ScimExpression.Not(var negated) => !Matches(negated, value),
        ScimExpression.IsPresent(var path) => Values(path, value).Any(),
        ScimExpression.HasValue(var path, var condition) => Nodes(path, value).OfType<JsonObject>().Any(one => Matches(condition, one)),
        ScimExpression.Compare({ } path, ScimComparison.Equal, null) => !Values(path, value).Any(),
        ScimExpression.Compare(var path, var comparison, var operand) =>
            Values(path, value).Any(one => Compares(one, comparison, operand, ScimOperand.FieldOf(path))),
        _ => throw new NotSupportedException($"No evaluation of {filter}."),
    };

    /// <summary>The values that the path leads to; none where nothing is assigned.</summary>
    private static IEnumerable<JsonNode> Nodes(ScimPath path, JsonObject value)
    {
        IEnumerable<JsonNode> found = [value];
        foreach (var field in path.Fields)
        {
            found = found.OfType<JsonObject>().Select(one => one[field.Name]).OfType<JsonNode>()
                .SelectMany(one => one is JsonArray many ? many.OfType<JsonNode>() : [one]);
        }

        return found;
    }

    /// <summary>What a comparison looks at: of an attribute with several complex values the inner <c>value</c>, as in <c>emails eq "…"</c>.</summary>
    private static IEnumerable<JsonNode> Values(ScimPath path, JsonObject value) => Nodes(path, value)
        .Select(one => path.Last.IsMany && one is JsonObject complex && complex["value"] is { } inner ? inner : one);

    private static bool Compares(JsonNode value, ScimComparison comparison, object? operand, ScimField field)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.True or JsonValueKind.False:
                return comparison == ScimComparison.Equal && ScimOperand.Boolean(operand) == value.GetValue<bool>();
            case JsonValueKind.String when field.Kind == ScimKind.Instant:
                return ScimOperand.Instant(operand) is var (instant, isExact)
                    && ScimOperand.Compares(
                        DateTimeOffset.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture), comparison, instant, isExact);
            case JsonValueKind.String:
                return operand is string text && ScimOperand.Compares(
                    ScimOperand.Form(value.GetValue<string>(), field), comparison, ScimOperand.Form(text, field, comparison));
            default:
                return false;
        }
    }
}

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
    public static string Form(string text, ScimField field, ScimComparison comparison) =>
        field.Form == ScimForm.Address && comparison != ScimComparison.Equal ? text.ToLowerNfc() : Form(text, field);

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

    public static bool Compares(DateTimeOffset time, ScimComparison comparison, DateTimeOffset operand, bool isExact) => comparison switch
    {
        ScimComparison.Equal => isExact && time == operand,
        ScimComparison.Greater => isExact ? time > operand : time >= operand,
        ScimComparison.GreaterOrEqual => time >= operand,
        ScimComparison.Less => time < operand,
        ScimComparison.LessOrEqual => isExact ? time <= operand : time < operand,
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
