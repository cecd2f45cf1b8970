using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace CleanUsers.WebApi.Scim;

/// <summary>The body of a request: one JSON object, each of whose members is there once.</summary>
internal static class ScimBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Http.Input.JsonObject.MaxDepth };

    /// <returns>The object, or why the body could not be read.</returns>
    public static async Task<(JsonObject? Body, ProblemResult? Problem)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(request, ct);
        if (body.Problem is not null) return (null, body.Problem);
        try
        {
            var root = JsonElement.Parse(body.Bytes.Span, Strict);
            CheckTexts(root);
            return (JsonObject.Create(root)!, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidScimException(
                ScimErrorType.InvalidSyntax,
                exception is JsonException ? "A member of the body is there twice." : "A text of the body has half a surrogate pair.");
        }
    }

    /// <summary>A member whatever its case (RFC 7643 section 2.1).</summary>
    public static JsonNode? Member(this JsonObject body, string name) =>
        body.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <exception cref="InvalidScimException">The member is another schema.</exception>
    public static void CheckSchemas(this JsonObject body, string schema)
    {
        if (body.Member("schemas") is not { } schemas) return; // required by the RFC, and left out by some clients: there is no other one here
        var names = (schemas as JsonArray)?.Select(name => name is JsonValue value && value.TryGetValue<string>(out var text) ? text : null);
        if (names?.Contains(schema, StringComparer.OrdinalIgnoreCase) != true)
            throw new InvalidScimException(ScimErrorType.InvalidSyntax, $"'schemas' must be an array with '{schema}'.");
    }

    /// <exception cref="InvalidOperationException">A text has half a surrogate pair.</exception>
    private static void CheckTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var one in value.EnumerateArray()) CheckTexts(one);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    CheckTexts(member.Value);
                }

                break;
        }
    }
}
