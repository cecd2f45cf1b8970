using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NJsonSchema;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// The checked-in description, compared with every response of a wire test: a status code, header or member that it lacks fails the test.
/// </summary>
internal static class DescribedContract
{
    /// <summary>Headers of HTTP itself, which no description lists.</summary>
    private static readonly HashSet<string> OfHttp = new(
        ["Date", "Content-Type", "Content-Length", "Connection", "Transfer-Encoding"], StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, JsonSchema> Schemas = new(StringComparer.Ordinal);

    public static JsonObject Document { get; } = Load();

    public static IEnumerable<(string Path, string Method, JsonObject Operation)> Operations =>
        from path in Document["paths"]!.AsObject()
        from member in path.Value!.AsObject()
        where member.Key is not "parameters"
        select (path.Key, member.Key, member.Value!.AsObject());

    /// <summary>The status codes of the responses without a body that the web server writes itself.</summary>
    public static IReadOnlyList<int> StatusCodesOfTheWebServer { get; } =
    [
        .. Regex.Matches(
            Document["info"]!["description"]!.GetValue<string>(), "(?m)(?<=^- `)[0-9]{3}(?=`: )", RegexOptions.None, TimeSpan.FromSeconds(30))
            .Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Fails if the description does not have this response.</summary>
    public static void Check(string method, string path, Response response)
    {
        var (template, methods) = Document["paths"]!.AsObject().FirstOrDefault(candidate => Matches(candidate.Key, path.Split('?')[0]));
        if (template is null) return; // not one of the API's resources
        var where = $"{method} {template} {response.Status}";
        var operation = method.Any(char.IsAsciiLetterLower) ? null : methods![method.ToLowerInvariant()] as JsonObject; // the case of a method counts
        Assert.True(operation is not null || response.Status is 401 or 404 or 405 or 429, $"{where}: the method is not described");
        if (operation is null) return;
        var described = operation["responses"]![response.Status.ToString(null, null)];
        Assert.True(described is not null, $"{where}: the status is not described. {response.Body}");
        CheckResponse(where, described, response);
    }

    /// <summary>Fails if the description of the response, of this document or another one, lacks a header or a member.</summary>
    public static void CheckResponse(string where, JsonNode described, Response response)
    {
        var description = Resolve(described);
        CheckHeaders(where, description["headers"]?.AsObject() ?? [], response);
        CheckBody(where, description["content"]?.AsObject() ?? [], response);
    }

    /// <summary>The errors of a value by its schema in the document.</summary>
    public static IEnumerable<string> Errors(JsonNode schema, string json)
    {
        var text = Inline(schema)!.ToJsonString();
        JsonSchema parsed;
        lock (Schemas)
        {
            if (!Schemas.TryGetValue(text, out parsed!)) Schemas[text] = parsed = JsonSchema.FromJsonAsync(text).GetAwaiter().GetResult();
        }

        // lengths are in code points (JSON Schema Validation section 6.3.1); the validator counts surrogates
        var counted = Regex.Replace(
            json, @"\p{Cs}{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2}){2}", "x", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(30));
        return parsed.Validate(counted).Select(error => error.ToString());
    }

    /// <summary>What a node of a description refers to, or the node itself if it does not refer to another one.</summary>
    public static JsonObject Resolve(JsonNode node) =>
        node["$ref"] is JsonValue reference ? Resolve(At(node.Root, reference.GetValue<string>())) : node.AsObject();

    private static void CheckHeaders(string where, JsonObject described, Response response)
    {
        foreach (var name in response.Headers.Keys.Where(name => !OfHttp.Contains(name)))
            Assert.True(
                described.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)), $"{where}: the header {name} is not described");
        var headers = described.Select(header => (header.Key, Value: response.Header(header.Key), Description: Resolve(header.Value!))).ToList();
        foreach (var (name, value, description) in headers)
            Assert.True(value is not null || description["required"]?.GetValue<bool>() != true, $"{where}: the header {name} is missing");
        foreach (var (_, value, description) in headers.Where(header => header.Value is not null && TypeOf(header.Description) == "string"))
            Assert.Empty(Errors(description["schema"]!, JsonValue.Create(value!).ToJsonString()));

        static string TypeOf(JsonObject header) => header["schema"]!["type"]!.GetValue<string>();
    }

    private static void CheckBody(string where, JsonObject described, Response response)
    {
        if (response.Body.Length == 0) return;
        var type = response.Header("Content-Type")!;
        Assert.True(described[type] is not null, $"{where}: the type {type} is not described");
        Assert.True(
            Errors(described[type]!["schema"]!, response.Body).ToList() is [],
            $"{where}: {string.Join("; ", Errors(described[type]!["schema"]!, response.Body))}\n{response.Body}");
    }

    private static bool Matches(string template, string path) => Regex.IsMatch(
        path, "^" + Regex.Replace(Regex.Escape(template), @"\\\{\w+}", "[^/]+", RegexOptions.None, TimeSpan.FromSeconds(30)) + "/?$",
        RegexOptions.None, TimeSpan.FromSeconds(30));

    private static JsonNode? Inline(JsonNode? node) => node switch
    {
        // not a member of that name, which the manager of a user has in SCIM
        JsonObject reference when reference["$ref"] is JsonValue target => Inline(At(node.Root, target.GetValue<string>())),
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Inline(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Inline)]),
        _ => node?.DeepClone(),
    };

    private static JsonNode At(JsonNode document, string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (node, name) => node[name] ?? throw new FormatException(reference));

    private static JsonObject Load()
    {
        using var document = typeof(Program).Assembly.GetManifestResourceStream("openapi/v1.json")!;
        return JsonNode.Parse(document)!.AsObject();
    }
}
