using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.Application.Ports;

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
                    && ScimOperand.OfMilliseconds(comparison, isExact) is { } ofMilliseconds
                    && ScimOperand.Compares(
                        DateTimeOffset.Parse(value.GetValue<string>(), CultureInfo.InvariantCulture), ofMilliseconds, instant);
            case JsonValueKind.String:
                return operand is string text && ScimOperand.Compares(
                    ScimOperand.Form(value.GetValue<string>(), field), comparison, ScimOperand.Form(text, field, comparison));
            default:
                return false;
        }
    }
}
