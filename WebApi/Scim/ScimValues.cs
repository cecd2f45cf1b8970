using System.Text.Json;
using System.Text.Json.Nodes;

namespace CleanUsers.WebApi.Scim;

/// <summary>Values as the attributes of <see cref="ScimSchema"/> have them: names in its spelling, without what users do not have.</summary>
internal static class ScimValues
{
    /// <summary>Values of one attribute.</summary>
    public const int MaxValues = 100;

    /// <returns>Null if there is no value: null, or an empty array (RFC 7643 section 2.5).</returns>
    /// <exception cref="InvalidScimException">It has another type than the attribute.</exception>
    public static JsonNode? Read(ScimField field, JsonNode? value)
    {
        if (value is null) return null;
        if (!field.IsMany) return ReadOne(field, value);
        var values = value is JsonArray array ? array.ToList() : [value];
        if (values.Count > MaxValues) throw Invalid($"'{field.Name}' must have at most {MaxValues} values.");
        var read = new JsonArray([.. values.OfType<JsonNode>().Select(one => ReadOne(field, one))]);
        return read.Count == 0 ? null : read;
    }

    private static JsonNode ReadOne(ScimField field, JsonNode value) => (field.Kind, value.GetValueKind()) switch
    {
        (ScimKind.Complex, JsonValueKind.Object) => ReadComplex(field, value.AsObject()),
        // "manager": "26118915" is what Entra ID sends
        (ScimKind.Complex, JsonValueKind.String) when !field.IsMany && field.Find("value") is not null =>
            new JsonObject { ["value"] = value.DeepClone() },
        (ScimKind.Boolean, JsonValueKind.True or JsonValueKind.False) => value.DeepClone(),
        (ScimKind.Boolean, JsonValueKind.String) when bool.TryParse(value.GetValue<string>(), out var boolean) => boolean,
        (ScimKind.Text or ScimKind.Instant, JsonValueKind.String) => IsText(value.GetValue<string>()) ? value.DeepClone()
            : throw Invalid($"'{field.Name}' must not have control characters but tabs and line breaks."),
        (ScimKind.Complex, _) => throw Invalid($"'{field.Name}' must be an object{(field.IsMany ? ", or an array of objects" : "")}."),
        (ScimKind.Boolean, _) => throw Invalid($"'{field.Name}' must be true or false."),
        _ => throw Invalid($"'{field.Name}' must be a string."),
    };

    private static JsonObject ReadComplex(ScimField field, JsonObject value)
    {
        var read = new JsonObject();
        foreach (var (name, member) in value)
        {
            if (field.Find(name) is not { } inner) continue; // RFC 7643 section 3.1: what is not known is ignored
            if (read.ContainsKey(inner.Name)) throw Invalid($"'{field.Name}' must have '{inner.Name}' once.");
            if (Read(inner, member) is { } one) read[inner.Name] = one;
        }

        return read;
    }

    /// <summary>RFC 7643 section 4.1.2: an address can have line breaks.</summary>
    private static bool IsText(string text) => !text.Any(character => char.IsControl(character) && character is not ('\t' or '\r' or '\n'));

    private static InvalidScimException Invalid(string detail) => new(ScimErrorType.InvalidValue, detail);
}
