using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.Application.Scim;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Scim.Filters;

namespace CleanUsers.WebApi.Scim;

/// <summary>How requests become queries and operations.</summary>
internal static class ScimRequests
{
    /// <summary>Operations of a PATCH.</summary>
    public const int MaxOperations = 100;

    private const string PatchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private const string SearchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    private static readonly string[] PatchMembers = ["schemas", "Operations"];
    private static readonly string[] OperationMembers = ["op", "path", "value"];

    /// <summary>The parameters of a list. Others are ignored: Entra ID adds its feature flags to every request.</summary>
    public static (ListScimUsersQuery Query, ScimProjection Projection) ToList(HttpRequest request)
    {
        var parameters = new RequestQuery(request);
        var projection = ToProjection(parameters);
        return (ToList(parameters.Text("filter").Value, Number("startIndex"), Number("count")), projection);

        long? Number(string name) => parameters.Text(name).Value is not { } text ? null
            : WholeNumbers.TryParse(text, out var number) ? number
            : throw new InvalidScimException(ScimErrorType.InvalidValue, $"Parameter '{name}' must be a whole number.");
    }

    public static ScimProjection ToProjection(HttpRequest request) => ToProjection(new RequestQuery(request));

    private static ScimProjection ToProjection(RequestQuery parameters)
    {
        if (parameters.ErrorsOfReading() is [var error, ..]) throw new InvalidScimException(ScimErrorType.InvalidValue, error.ErrorMessage);
        var (attributes, excluded) = (parameters.Text("attributes").Value, parameters.Text("excludedAttributes").Value);
        return ScimProjection.Of(attributes?.Split(','), excluded?.Split(','));
    }

    /// <summary>The body of <c>/.search</c> (RFC 7644 section 3.4.3). Sorting is not supported, and so ignored, as for GET.</summary>
    public static (ListScimUsersQuery Query, ScimProjection Projection) ToSearch(JsonObject body)
    {
        body.CheckSchemas(SearchSchema);
        var list = ToList(Text("filter"), Number("startIndex"), Number("count"));
        return (list, ScimProjection.Of(Texts("attributes"), Texts("excludedAttributes")));

        string? Text(string name) => body.Member(name) switch
        {
            null => null,
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => throw Invalid(name, "a string"),
        };

        long? Number(string name) => body.Member(name) switch
        {
            null => null,
            JsonValue value when value.GetValueKind() == JsonValueKind.Number
                && WholeNumbers.TryParseJson(System.Text.Encoding.UTF8.GetBytes(value.ToJsonString()), out var number) => number,
            _ => throw Invalid(name, "a whole number"),
        };

        List<string>? Texts(string name) => body.Member(name) switch
        {
            null => null,
            JsonArray array when array.All(one => one is JsonValue value && value.GetValueKind() == JsonValueKind.String) =>
                [.. array.Select(one => one!.GetValue<string>())],
            _ => throw Invalid(name, "an array of strings"),
        };

        static InvalidScimException Invalid(string name, string what) => new(ScimErrorType.InvalidValue, $"'{name}' must be {what}.");
    }

    public static List<ScimOperation> ToOperations(JsonObject body)
    {
        body.CheckSchemas(PatchSchema);
        CheckMembers(body, PatchMembers, "body");
        if (body.Member("Operations") is not JsonArray { Count: > 0 and <= MaxOperations } operations)
            throw new InvalidScimException(ScimErrorType.InvalidSyntax, $"'Operations' must be an array of 1 to {MaxOperations} operations.");
        return [.. operations.Select(operation => ToOperation(operation as JsonObject))];
    }

    private static ScimOperation ToOperation(JsonObject? operation)
    {
        if (operation is null) throw new InvalidScimException(ScimErrorType.InvalidSyntax, "Each of 'Operations' must be an object.");
        CheckMembers(operation, OperationMembers, "operation");
        var name = (operation.Member("op") as JsonValue)?.TryGetValue<string>(out var text) == true ? text : "";
        var kind = name.ToUpperInvariant() switch // Entra ID writes a capital: Replace
        {
            "ADD" => ScimOperationKind.Add,
            "REPLACE" => ScimOperationKind.Replace,
            "REMOVE" => ScimOperationKind.Remove,
            _ => throw new InvalidScimException(ScimErrorType.InvalidSyntax, "'op' must be add, replace or remove."),
        };
        var path = operation.Member("path");
        if (path is not null && path.GetValueKind() != JsonValueKind.String)
            throw new InvalidScimException(ScimErrorType.InvalidPath, "'path' must be a string.");
        if (kind != ScimOperationKind.Remove && !operation.Any(member => member.Key.Equals("value", StringComparison.OrdinalIgnoreCase)))
            throw new InvalidScimException(ScimErrorType.InvalidSyntax, "An operation that adds or replaces must have a 'value'.");
        return new(kind, path?.GetValue<string>(), operation.Member("value"));
    }

    private static void CheckMembers(JsonObject value, string[] allowed, string what)
    {
        var unknown = value.Select(member => member.Key).FirstOrDefault(name => !allowed.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (unknown is null) return;
        throw new InvalidScimException(
            ScimErrorType.InvalidSyntax,
            $"Unknown member '{RepeatedInput.InSentence(unknown)}' of the {what} (allowed: {string.Join(", ", allowed)}).");
    }

    /// <summary>A number that is out of range is the nearest one that is not (RFC 7644 section 3.4.2.4).</summary>
    private static ListScimUsersQuery ToList(string? filter, long? startIndex, long? count) => new(
        filter is null ? null : ScimFilterBinding.Bind(ScimFilterParser.Parse(filter)),
        filter ?? "",
        Math.Max(startIndex ?? 1, 1),
        (int)Math.Clamp(count ?? ListScimUsersQuery.DefaultCount, 0, ListScimUsersQuery.MaxCount));
}
