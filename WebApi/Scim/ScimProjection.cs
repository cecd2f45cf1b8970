using System.Text.Json.Nodes;

namespace CleanUsers.WebApi.Scim;

/// <summary>Which attributes a response shows (RFC 7644 section 3.9). <c>schemas</c> and <c>id</c> are always there.</summary>
/// <param name="Shown">Null shows all.</param>
internal sealed record ScimProjection(IReadOnlyList<ScimPath>? Shown, IReadOnlyList<ScimPath> Hidden)
{
    private static readonly string[] Always = ["schemas", "id"];

    /// <summary>Names that users do not have are ignored.</summary>
    public static ScimProjection Of(IEnumerable<string>? attributes, IEnumerable<string>? excluded) => new(
        attributes is null ? null : [.. Paths(attributes)],
        [.. Paths(excluded ?? []).Where(path => !Always.Contains(path.First.Name))]);

    public JsonObject Apply(JsonObject user)
    {
        var shown = user;
        if (Shown is not null)
        {
            shown = [];
            foreach (var name in Always) shown[name] = user[name]!.DeepClone();
            foreach (var path in Shown) Copy(user, shown, path.Fields);
        }

        foreach (var path in Hidden) Remove(shown, path.Fields);
        return shown;
    }

    private static IEnumerable<ScimPath> Paths(IEnumerable<string> names) =>
        names.Select(name => ScimSchema.Find(name.Trim(), ScimSchema.User)).OfType<ScimPath>();

    private static void Copy(JsonObject from, JsonObject to, IReadOnlyList<ScimField> fields)
    {
        var name = fields[0].Name;
        if (from[name] is not { } value) return;
        if (fields.Count == 1)
        {
            to[name] = value.DeepClone();
        }
        else if (value is JsonArray values)
        {
            to[name] ??= new JsonArray([.. values.Select(_ => new JsonObject())]);
            foreach (var (one, copy) in values.Zip(to[name]!.AsArray())) Copy(one!.AsObject(), copy!.AsObject(), [.. fields.Skip(1)]);
        }
        else
        {
            to[name] ??= new JsonObject();
            Copy(value.AsObject(), to[name]!.AsObject(), [.. fields.Skip(1)]);
        }
    }

    private static void Remove(JsonObject from, IReadOnlyList<ScimField> fields)
    {
        var name = fields[0].Name;
        if (fields.Count == 1) from.Remove(name);
        else if (from[name] is JsonArray values) foreach (var one in values) Remove(one!.AsObject(), [.. fields.Skip(1)]);
        else if (from[name] is JsonObject inner) Remove(inner, [.. fields.Skip(1)]);
    }
}
