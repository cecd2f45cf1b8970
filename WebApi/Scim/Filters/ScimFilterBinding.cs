using CleanUsers.Application.Ports;
using CleanUsers.Domain;

namespace CleanUsers.WebApi.Scim.Filters;

/// <summary>
/// A filter of a list in the form that the database evaluates. What it can't evaluate exactly is rejected, so that no list is wrong.
/// </summary>
internal static class ScimFilterBinding
{
    private const string Allowed =
        "userName, externalId, id, name.givenName, name.familyName, emails.value (also of one type), active, meta.created, meta.lastModified, "
        + "and whether displayName is present";

    /// <exception cref="InvalidScimException">The database can't evaluate it.</exception>
    public static ScimFilter Bind(ScimExpression filter) => filter switch
    {
        ScimExpression.And(var left, var right) => new ScimFilter.Both(Bind(left), Bind(right)),
        ScimExpression.Or(var left, var right) => new ScimFilter.Either(Bind(left), Bind(right)),
        ScimExpression.Not(var negated) => new ScimFilter.Not(Bind(negated)),
        ScimExpression.IsPresent(var path) => BindPresent(path),
        ScimExpression.HasValue({ Last: { } many }, var condition) when many == ScimSchema.Emails => BindEmail(condition, filter),
        ScimExpression.Compare({ } path, ScimComparison.Equal, null) => new ScimFilter.Not(BindPresent(path)),
        ScimExpression.Compare compare => Bind(compare),
        _ => throw NotSupported(filter),
    };

    private static ScimFilter Bind(ScimExpression.Compare compare)
    {
        var (path, comparison, operand) = compare;
        return path.ToString() switch
        {
            "id" when comparison == ScimComparison.Equal && operand is string text =>
                Http.Pipeline.IdConstraint.TryParse(text, out var id) ? new ScimFilter.HasId(id) : new ScimFilter.Always(false),
            "active" when comparison == ScimComparison.Equal && ScimOperand.Boolean(operand) is { } value =>
                value ? new ScimFilter.IsActive() : new ScimFilter.Not(new ScimFilter.IsActive()),
            "userName" => BindText(ScimMember.UserName, compare),
            "externalId" => BindText(ScimMember.ExternalId, compare),
            "name.givenName" => BindText(ScimMember.GivenName, compare),
            "name.familyName" => BindText(ScimMember.FamilyName, compare),
            "emails" or "emails.value" => new ScimFilter.Email(comparison, Text(compare), Type: null),
            "emails.type" when comparison == ScimComparison.Equal => new ScimFilter.HasEmail(Text(compare)),
            "meta.created" => BindInstant(ScimInstant.Created, compare),
            "meta.lastModified" => BindInstant(ScimInstant.LastModified, compare),
            _ => throw NotSupported(compare),
        };
    }

    private static ScimFilter.Text BindText(ScimMember member, ScimExpression.Compare compare) =>
        new(member, compare.Comparison, Text(compare));

    /// <exception cref="InvalidScimException">It is not compared with a text that can be stored.</exception>
    private static string Text(ScimExpression.Compare compare)
    {
        if (compare.Value is not string text || !text.IsPlainLine())
        {
            throw new InvalidScimException(
                ScimErrorType.InvalidFilter, $"'{compare.Path}' compares with a text on one line, without control characters.");
        }

        return ScimOperand.Form(text, ScimOperand.FieldOf(compare.Path), compare.Comparison);
    }

    private static ScimFilter BindInstant(ScimInstant instant, ScimExpression.Compare compare)
    {
        var isOrder = compare.Comparison is not (ScimComparison.StartsWith or ScimComparison.Contains or ScimComparison.EndsWith);
        if (!isOrder || ScimOperand.Instant(compare.Value) is not var (value, isExact))
        {
            throw new InvalidScimException(
                ScimErrorType.InvalidFilter, $"'{compare.Path}' compares by eq, ne, gt, ge, lt and le with a time such as \"2026-01-31T12:00:00Z\".");
        }

        return ScimOperand.OfMilliseconds(compare.Comparison, isExact) is { } comparison
            ? new ScimFilter.Instant(instant, comparison, value)
            : new ScimFilter.Always(false);
    }

    private static ScimFilter BindPresent(ScimPath path) => path.ToString() switch
    {
        "id" or "userName" or "active" or "emails" or "emails.value" or "meta" or "meta.created" or "meta.lastModified" or "meta.location"
            or "meta.resourceType" or "meta.version" => new ScimFilter.Always(true),
        "displayName" => new ScimFilter.IsPresent(ScimMember.DisplayName),
        "externalId" => new ScimFilter.IsPresent(ScimMember.ExternalId),
        "name.givenName" => new ScimFilter.IsPresent(ScimMember.GivenName),
        "name.familyName" => new ScimFilter.IsPresent(ScimMember.FamilyName),
        _ => throw NotSupported(new ScimExpression.IsPresent(path)),
    };

    /// <summary>A comparison of the value, of the type, or of both, in any order.</summary>
    private static ScimFilter BindEmail(ScimExpression condition, ScimExpression filter)
    {
        List<ScimExpression> parts = [condition];
        while (parts.FindIndex(part => part is ScimExpression.And) is >= 0 and var at)
        {
            var (left, right) = (ScimExpression.And)parts[at];
            parts.RemoveAt(at);
            parts.InsertRange(at, [left, right]);
        }

        string? type = null;
        ScimExpression.Compare? value = null;
        foreach (var part in parts)
        {
            if (part is not ScimExpression.Compare compare) throw NotSupported(filter);
            if (compare.Path.Last.Name == "type" && compare.Comparison == ScimComparison.Equal && type is null) type = Text(compare);
            else if (compare.Path.Last.Name == "value" && compare.Value is not null && value is null) value = compare;
            else throw NotSupported(filter);
        }

        return value is null ? new ScimFilter.HasEmail(type) : new ScimFilter.Email(value.Comparison, Text(value), type);
    }

    private static InvalidScimException NotSupported(ScimExpression filter) => new(
        ScimErrorType.InvalidFilter,
        $"Lists can't be filtered by {(Name(filter) is { } name ? $"'{name}'" : "this")} in this way (allowed: {Allowed}).");

    private static string? Name(ScimExpression filter) => filter switch
    {
        ScimExpression.Compare compare => compare.Path.ToString(),
        ScimExpression.IsPresent present => present.Path.ToString(),
        ScimExpression.HasValue has => has.Path.ToString(),
        _ => null,
    };
}
