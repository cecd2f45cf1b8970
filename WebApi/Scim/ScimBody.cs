using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.Domain;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;

namespace CleanUsers.WebApi.Scim;

/// <summary>The body of a request: one JSON object, each of whose members is there once, whatever its case (RFC 7643 section 2.1).</summary>
internal static class ScimBody
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonMembers.MaxDepth };

    /// <returns>The object, or why the body could not be read.</returns>
    /// <exception cref="InvalidScimException">A member is there twice, or a text is not valid.</exception>
    public static async Task<(JsonObject? Body, ProblemResult? Problem)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(request, ct);
        if (body.Problem is not null) return (null, body.Problem);
        var root = JsonElement.Parse(body.Bytes.Span, Options);
        try
        {
            Check(root);
        }
        catch (InvalidOperationException)
        {
            throw new InvalidScimException(ScimErrorType.InvalidSyntax, "A text of the body has half a surrogate pair.");
        }

        return (JsonObject.Create(root)!, null);
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
    private static void Check(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                CheckText(value.GetString()!);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Check(item);
                break;
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var member in value.EnumerateObject())
                {
                    CheckText(member.Name);
                    if (!names.Add(member.Name)) throw Repeated(member.Name);
                    Check(member.Value);
                }

                break;
        }
    }

    private static InvalidScimException Repeated(string name) =>
        new(ScimErrorType.InvalidSyntax, $"'{RepeatedInput.InSentence(name)}' must appear only once.");

    /// <summary>No comparison form has U+FFFE.</summary>
    private static void CheckText(string text)
    {
        if (!text.IsWellFormed()) throw new InvalidScimException(ScimErrorType.InvalidSyntax, "A text of the body has the character U+FFFE.");
    }
}
