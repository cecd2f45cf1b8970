using System.Text.Json.Nodes;
using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Scim.Filters;

namespace CleanUsers.WebApi.Scim;

/// <summary>Changes a user as JSON (RFC 7644 section 3.5.2). It stores nothing: a failure leaves everything as it is.</summary>
internal static class ScimPatch
{
    /// <param name="user">Stays as it is.</param>
    /// <exception cref="InvalidScimException">One of the operations can't be executed.</exception>
    public static JsonObject Apply(JsonObject user, IEnumerable<ScimOperation> operations)
    {
        var changed = user.DeepClone().AsObject();
        foreach (var (kind, path, value) in operations)
        {
            if (path is null) ApplyMembers(changed, kind, value);
            else Apply(changed, kind, Writable(path), value);
        }

        var missing = ScimSchema.User.Fields.FirstOrDefault(field => field.IsRequired && !changed.ContainsKey(field.Name));
        return missing is null ? changed
            : throw new InvalidScimException(ScimErrorType.Mutability, $"'{missing.Name}' is required, and can't be removed.");
    }

    /// <summary>The user that the body of a POST or PUT describes.</summary>
    /// <exception cref="InvalidScimException">A member has the wrong type, or is there twice.</exception>
    public static JsonObject Read(JsonObject body)
    {
        var repeated = body.Select(member => ScimSchema.Find(member.Key, ScimSchema.User)?.ToString()).OfType<string>()
            .GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(names => names.Count() > 1);
        if (repeated is not null) throw new InvalidScimException(ScimErrorType.InvalidSyntax, $"'{repeated.Key}' must appear only once.");
        var user = new JsonObject();
        ApplyMembers(user, ScimOperationKind.Replace, body);
        return user;
    }

    private static ScimTarget Writable(string path)
    {
        var target = ScimFilterParser.ParseTarget(path);
        return target.Path.First.Mutability != ScimMutability.ReadOnly ? target
            : throw new InvalidScimException(ScimErrorType.Mutability, $"'{target.Path}' is read-only.");
    }

    /// <summary>
    /// Each member is a path, which Entra ID writes with dots and brackets too. What users do not have is ignored, and what is read-only.
    /// </summary>
    private static void ApplyMembers(JsonObject user, ScimOperationKind kind, JsonNode? value)
    {
        if (kind == ScimOperationKind.Remove) throw new InvalidScimException(ScimErrorType.NoTarget, "An operation that removes must have a 'path'.");
        if (value is not JsonObject members)
            throw new InvalidScimException(ScimErrorType.InvalidValue, "The 'value' of an operation without 'path' must be an object.");
        foreach (var (name, member) in members)
        {
            var target = name.Contains('[', StringComparison.Ordinal) ? ScimFilterParser.ParseTarget(name)
                : ScimSchema.Find(name, ScimSchema.User) is { } path ? new ScimTarget(path, Filter: null)
                : null;
            if (target is not null && target.Path.First.Mutability != ScimMutability.ReadOnly) Apply(user, kind, target, member);
        }
    }

    private static void Apply(JsonObject user, ScimOperationKind kind, ScimTarget target, JsonNode? value)
    {
        var fields = target.Path.Fields;
        if (fields[0].Mutability == ScimMutability.Ignored) return;
        if (fields[0].IsMany) ApplyToValues(user, kind, target, value);
        else ApplyToOne(user, kind, fields, value);
    }

    private static void ApplyToOne(JsonObject parent, ScimOperationKind kind, IReadOnlyList<ScimField> fields, JsonNode? value)
    {
        var field = fields[0];
        if (fields.Count > 1)
        {
            if (parent[field.Name] is not JsonObject inner)
            {
                if (kind == ScimOperationKind.Remove) return;
                parent[field.Name] = inner = [];
            }

            ApplyToOne(inner, kind, [.. fields.Skip(1)], value);
            if (inner.Count == 0) parent.Remove(field.Name);
            return;
        }

        var read = kind == ScimOperationKind.Remove ? null : ScimValues.Read(field, value);
        if (read is null) parent.Remove(field.Name);
        else if (read is JsonObject members && parent[field.Name] is JsonObject present) Merge(present, members);
        else parent[field.Name] = read;
        if (parent[field.Name] is JsonObject { Count: 0 }) parent.Remove(field.Name);
    }

    /// <summary>The values of an attribute that has several: all of them, or those that the filter of the path chooses.</summary>
    private static void ApplyToValues(JsonObject user, ScimOperationKind kind, ScimTarget target, JsonNode? value)
    {
        var field = target.Path.First;
        var inner = target.Path.Fields.Count > 1 ? target.Path.Fields[1] : null;
        var present = user[field.Name] as JsonArray ?? [];
        var changed = target.Filter is null && inner is null
            ? ChangeAll(present, kind, field, value)
            : ChangeChosen(present, kind, target, field, inner, value);
        KeepOnePrimary(field, changed, present);
        if (changed.Count > ScimValues.MaxValues)
            throw new InvalidScimException(ScimErrorType.InvalidValue, $"'{field.Name}' must have at most {ScimValues.MaxValues} values.");
        if (changed.Count == 0) user.Remove(field.Name);
        else user[field.Name] = new JsonArray([.. changed.Select(one => one.DeepClone())]);
    }

    private static List<JsonObject> ChangeAll(JsonArray present, ScimOperationKind kind, ScimField field, JsonNode? value)
    {
        var values = present.OfType<JsonObject>().ToList();
        var read = ScimValues.Read(field, value)?.AsArray().OfType<JsonObject>().ToList() ?? [];
        switch (kind)
        {
            case ScimOperationKind.Replace: return read;
            case ScimOperationKind.Remove when value is null: return [];
            case ScimOperationKind.Remove: return [.. values.Where(one => !read.Any(named => IsNamed(one, named)))];
            default: return [.. values, .. read.Where(one => !values.Any(other => JsonNode.DeepEquals(one, other)))];
        }
    }

    /// <summary>Whether the value has all members of the other one: Entra ID removes values by <c>[{"value": "…"}]</c>.</summary>
    private static bool IsNamed(JsonObject value, JsonObject named) =>
        named.Count > 0 && named.All(member => JsonNode.DeepEquals(value[member.Key], member.Value));

    private static List<JsonObject> ChangeChosen(
        JsonArray present, ScimOperationKind kind, ScimTarget target, ScimField field, ScimField? inner, JsonNode? value)
    {
        var values = present.OfType<JsonObject>().ToList();
        bool IsChosen(JsonObject one) => target.Filter is null || ScimEvaluator.Matches(target.Filter, one);
        if (kind == ScimOperationKind.Remove && inner is null) return [.. values.Where(one => !IsChosen(one))];

        var members = inner is null ? Members(field, value)
            : new JsonObject { [inner.Name] = kind == ScimOperationKind.Remove ? null : ScimValues.Read(inner, value) };
        if (kind != ScimOperationKind.Remove && !values.Any(IsChosen)) return [.. values, NewValue(kind, target, inner, members)];
        return
        [
            .. values.Select(one =>
            {
                if (!IsChosen(one)) return one;
                var changed = one.DeepClone().AsObject();
                Merge(changed, members);
                return changed;
            }).Where(one => one.Count > 0),
        ];
    }

    private static JsonObject Members(ScimField field, JsonNode? value) => ScimValues.Read(field, value) is JsonArray { Count: 1 } one
        ? one[0]!.AsObject()
        : throw new InvalidScimException(ScimErrorType.InvalidValue, $"The 'value' for chosen values of '{field.Name}' must be one object.");

    /// <summary>
    /// A value that the filter does not find is added, with what the filter requires: Entra ID adds and replaces what is not there by
    /// <c>emails[type eq "work"].value</c>. A whole value can't be replaced that is not there (RFC 7644 section 3.5.2.3).
    /// </summary>
    private static JsonObject NewValue(ScimOperationKind kind, ScimTarget target, ScimField? inner, JsonObject members)
    {
        var added = new JsonObject();
        var isDefined = target.Filter is null || TryMeet(target.Filter, added);
        if (!isDefined || (kind == ScimOperationKind.Replace && inner is null))
            throw new InvalidScimException(ScimErrorType.NoTarget, $"No value of '{target.Path.First.Name}' meets the filter of the path.");
        Merge(added, members);
        return added;
    }

    /// <summary>Sets what the filter requires; false if that is not certain.</summary>
    private static bool TryMeet(ScimExpression filter, JsonObject value)
    {
        switch (filter)
        {
            case ScimExpression.And(var left, var right):
                return TryMeet(left, value) && TryMeet(right, value);
            case ScimExpression.Compare({ Fields.Count: 1 } path, ScimComparison.Equal, string or bool) compare:
                value[path.Last.Name] = ScimValues.Read(path.Last, JsonValue.Create(compare.Value));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Null removes a member.</summary>
    private static void Merge(JsonObject target, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            if (value is null) target.Remove(name);
            else if (value is JsonObject inner && target[name] is JsonObject present) Merge(present, inner);
            else target[name] = value.DeepClone();
        }
    }

    /// <summary>
    /// A new primary value takes the place of the one before (RFC 7644 section 3.5.2), and there is one at most (RFC 7643 section 2.4).
    /// </summary>
    private static void KeepOnePrimary(ScimField field, List<JsonObject> values, JsonArray before)
    {
        static bool IsPrimary(JsonObject value) => value["primary"] is JsonValue primary && primary.GetValue<bool>();
        var primary = values.Where(IsPrimary).ToList();
        var had = before.OfType<JsonObject>().Where(IsPrimary).ToList();
        if (primary.Count < 2) return;
        if (primary.Count(one => !had.Contains(one)) != 1)
            throw new InvalidScimException(ScimErrorType.InvalidValue, $"Only one of '{field.Name}' must be primary.");
        foreach (var one in primary.Where(had.Contains)) one["primary"] = false;
    }
}
