using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.Domain;
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
            if (!AreWellFormed(root)) throw new InvalidScimException(ScimErrorType.InvalidSyntax, "A text of the body has the character U+FFFE.");
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

    /// <summary>False if a text has U+FFFE, which no comparison form has.</summary>
    /// <exception cref="InvalidOperationException">A text has half a surrogate pair.</exception>
    private static bool AreWellFormed(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.IsWellFormed(),
        JsonValueKind.Array => value.EnumerateArray().All(AreWellFormed),
        JsonValueKind.Object => value.EnumerateObject().All(member => member.Name.IsWellFormed() && AreWellFormed(member.Value)),
        _ => true,
    };
}
