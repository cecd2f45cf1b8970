using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Ardalis.Result;
using CleanUsers.Domain;
using Microsoft.Net.Http.Headers;

namespace CleanUsers.WebApi.Http;

/// <summary>
/// A body that must be one JSON object (RFC 8259), read strictly: each member once, of its type, and none that nobody asked for.
/// </summary>
internal sealed class JsonBody : RequestInput
{
    /// <summary>What POST and PUT take.</summary>
    public const string Json = "application/json";

    /// <summary>What PATCH takes (RFC 7396, RFC 5789 section 3.1).</summary>
    public const string MergePatch = "application/merge-patch+json";

    private const int MaxDepth = 32;

    // a client may PUT back what it got
    private static readonly string[] ReadOnlyMembers = ["id", "version", "createdAt", "updatedAt"];

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(ReadOnlyMembers, StringComparer.Ordinal);

    private ReadOnlyMemory<byte> _octets;

    private JsonBody(HttpRequest request)
        : base(request)
    {
    }

    /// <exception cref="BadHttpRequestException">The web server refuses the body: too large, too slow, cut off.</exception>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = new JsonBody(request);
        if (!IsJson(request))
        {
            body.Refusal = new ProblemAnswer(ProblemCatalogue.UnsupportedMediaType);
            MethodNegotiation.Accepts(request.HttpContext.Response, request.Method);
            return body;
        }

        using var octets = new MemoryStream();
        await request.Body.CopyToAsync(octets, ct);
        body._octets = octets.GetBuffer().AsMemory(0, (int)octets.Length);
        body.Parse(body._octets.Span);
        return body;
    }

    /// <summary>A string or null.</summary>
    /// <param name="member">Its name.</param>
    /// <param name="absent">What stands for a member that is not there.</param>
    public string? Text(string member, string? absent = null) => OptionalText(member).Or(absent);

    public Optional<string?> OptionalText(string member)
    {
        if (!TryTake(member, out var element)) return default;
        if (element.ValueKind == JsonValueKind.Null) return new(null);
        if (element.ValueKind != JsonValueKind.String) Refuse(member, "wrong-type", $"Member {member} must be a string, not {Describe(element)}.");
        else if (TryGetText(element, out var text)) return text;
        else Refuse(member, "invalid-text", $"Member {member} has half a surrogate pair.");
        return default;
    }

    /// <summary>A whole number or null.</summary>
    public int? WholeNumber(string member) => OptionalWholeNumber(member).Or(null);

    public Optional<int?> OptionalWholeNumber(string member)
    {
        if (!TryTake(member, out var element)) return default;
        if (element.ValueKind == JsonValueKind.Null) return new(null);
        if (element.ValueKind == JsonValueKind.Number && TryGetWhole(element, out var number)) return number;
        Refuse(member, "wrong-type", $"Member {member} must be a whole number or null, not {Describe(element)}.");
        return default;
    }

    /// <summary>Refuses the body unless the member is there and is <c>false</c>.</summary>
    public void MustBeFalse(string member)
    {
        if (!TryTake(member, out var element)) Refuse(member, "required", $"Member {member} is required: false.");
        else if (element.ValueKind != JsonValueKind.False) Refuse(member, "unknown-value", $"Member {member} must be false.");
    }

    /// <summary>A digest of the body as it came, in hexadecimal digits.</summary>
    public string Fingerprint() => Convert.ToHexString(SHA256.HashData(_octets.Span));

    protected override void FindUnknown()
    {
        base.FindUnknown();
        foreach (var name in _members.Keys.Where(name => !_asked.Contains(name)))
            Refuse(name, "unknown-member", $"There is no member {name} here.");
    }

    protected override ValidationError Located(ValidationError fault) => fault;

    /// <summary>RFC 8259 section 11: no parameter is defined, and section 8.1: UTF-8 and nothing else.</summary>
    private static bool IsJson(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return false;
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return false;
        if (request.Headers.ContentEncoding.Count > 0) return false; // RFC 9110 section 8.4: none is taken
        return type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
            || (HttpMethods.IsPatch(request.Method) && type.MediaType.Equals(MergePatch, StringComparison.OrdinalIgnoreCase));
    }

    private void Parse(ReadOnlySpan<byte> octets)
    {
        if (octets.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) octets = octets[3..]; // RFC 8259 section 8.1: may be ignored
        if (octets.IsEmpty)
        {
            Malformed("body-missing", "There must be a body: a JSON object.");
            return;
        }

        if (!Utf8.IsValid(octets))
        {
            Malformed("invalid-utf-8", $"The body is not UTF-8, from byte {ValidOctets(octets) + 1} on.");
            return;
        }

        try
        {
            var root = JsonElement.Parse(octets, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (root.ValueKind == JsonValueKind.Object) Take(root);
            else Malformed("wrong-type", $"The body must be a JSON object, not {Describe(root)}.");
        }
        catch (JsonException fault) // the reader's own text names the library
        {
            Malformed(
                "invalid-json",
                $"The body is not JSON that can be read (at most {MaxDepth} levels deep): line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    private void Take(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (!TryGetName(property, out var name)) Refuse(new BodyError("invalid-text", "The name of a member has half a surrogate pair."));
            else if (!_members.TryAdd(name, property.Value)) Refuse(name, "duplicate-member", $"Member {name} must be there once.");
        }
    }

    private void Malformed(string code, string detail) => Refusal = new ProblemAnswer(
        ProblemCatalogue.MalformedBody, detail, [new BodyError(code, detail)]);

    private bool TryTake(string member, out JsonElement element)
    {
        _asked.Add(member);
        return _members.TryGetValue(member, out element);
    }

    /// <summary>30 and 30.0 are one number. One too large for an int is as far out of range as an int can be.</summary>
    private static bool TryGetWhole(JsonElement element, out int number)
    {
        if (element.TryGetInt32(out number)) return true;
        var parts = element.GetRawText().Split('.');
        if (parts.Length > 2 || (parts.Length == 2 && parts[1].AsSpan().ContainsAnyExcept('0'))) return false;
        return WholeNumbers.TryParse(parts[0], out number);
    }

    private static bool TryGetText(JsonElement element, out string? text)
    {
        try
        {
            text = element.GetString();
            return true;
        }
        catch (InvalidOperationException) // half a surrogate pair, written as \uD800
        {
            text = null;
            return false;
        }
    }

    private static bool TryGetName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException) // half a surrogate pair, written as \uD800
        {
            name = "";
            return false;
        }
    }

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {element.GetRawText()}",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Null => "null",
        JsonValueKind.Undefined => "nothing",
    };

    private static int ValidOctets(ReadOnlySpan<byte> octets)
    {
        var valid = 0;
        while (System.Text.Rune.DecodeFromUtf8(octets[valid..], out _, out var length) == OperationStatus.Done) valid += length;
        return valid;
    }
}
