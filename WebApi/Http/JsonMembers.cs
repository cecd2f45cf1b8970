using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ardalis.Result;
using CleanUsers.Domain;

namespace CleanUsers.WebApi.Http;

/// <summary>The members of one JSON object (RFC 8259), read strictly: each once, of its type, and none that nobody asked for.</summary>
/// <param name="what">What the object is, for messages: a body, a line.</param>
/// <param name="ignored">Members that may be there, and do not count.</param>
/// <param name="refuse">Is told of what can't be accepted of a member.</param>
internal sealed class JsonMembers(string what, IEnumerable<string> ignored, Action<ValidationError> refuse)
{
    private const int MaxDepth = 32;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(ignored, StringComparer.Ordinal);

    /// <returns>Why the octets as a whole are no such object; null where they are one.</returns>
    public BodyError? Parse(ReadOnlySpan<byte> octets)
    {
        if (octets.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) octets = octets[3..]; // RFC 8259 section 8.1: may be ignored
        if (octets.IsEmpty) return new("body-missing", $"There must be a {what}: a JSON object.");
        if (!Utf8.IsValid(octets)) return new("invalid-utf-8", $"The {what} is not UTF-8, from byte {ValidOctets(octets) + 1} on.");
        try
        {
            var root = JsonElement.Parse(octets, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (root.ValueKind != JsonValueKind.Object) return new("wrong-type", $"The {what} must be a JSON object, not {Describe(root)}.");
            Take(root);
            return null;
        }
        catch (JsonException fault) // the reader's own text names the library
        {
            return new(
                "invalid-json",
                $"The {what} is not JSON that can be read (at most {MaxDepth} levels deep): line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    public Optional<string?> OptionalText(string member)
    {
        if (!TryTake(member, out var element)) return default;
        if (element.ValueKind == JsonValueKind.Null) return new(null);
        if (element.ValueKind != JsonValueKind.String) Refuse(member, "wrong-type", $"Member {member} must be a string, not {Describe(element)}.");
        else if (TryGetText(element, out var text)) return text;
        else Refuse(member, "invalid-text", $"Member {member} has half a surrogate pair.");
        return default;
    }

    /// <summary>What is too large for the type is as far out of range as it can say.</summary>
    public Optional<long?> OptionalWholeNumber(string member)
    {
        if (!TryTake(member, out var element)) return default;
        if (element.ValueKind == JsonValueKind.Null) return new(null);
        if (element.ValueKind == JsonValueKind.Number
            && WholeNumbers.TryParseJson(JsonMarshal.GetRawUtf8Value(element), out var number)) return number;
        Refuse(member, "wrong-type", $"Member {member} must be a whole number or null, not {Describe(element)}.");
        return default;
    }

    /// <summary>Refuses the object unless the member is there and is <c>false</c>.</summary>
    public void MustBeFalse(string member)
    {
        if (!TryTake(member, out var element)) Refuse(member, "required", $"Member {member} is required: false.");
        else if (element.ValueKind != JsonValueKind.False) Refuse(member, "unknown-value", $"Member {member} must be false.");
    }

    /// <summary>Refuses what nobody asked for.</summary>
    public void FindUnknown()
    {
        foreach (var name in _members.Keys.Where(name => !_asked.Contains(name)))
            Refuse(name, "unknown-member", $"There is no member {RepeatedInput.InSentence(name)} here.");
    }

    private void Take(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (!TryGetName(property, out var name)) refuse(new BodyError("invalid-text", "The name of a member has half a surrogate pair."));
            else if (!_members.TryAdd(name, property.Value))
                Refuse(name, "duplicate-member", $"Member {RepeatedInput.InSentence(name)} must be there once.");
        }
    }

    private bool TryTake(string member, out JsonElement element)
    {
        _asked.Add(member);
        return _members.TryGetValue(member, out element);
    }

    private void Refuse(string member, string code, string detail) =>
        refuse(new ValidationError(RepeatedInput.Name(member), detail, code, ValidationSeverity.Error));

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
        JsonValueKind.Number => $"the number {RepeatedInput.InSentence(element.GetRawText())}",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Null => "null",
        JsonValueKind.Undefined => "nothing",
    };

    private static int ValidOctets(ReadOnlySpan<byte> octets)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(octets[valid..], out _, out var length) == OperationStatus.Done) valid += length;
        return valid;
    }
}
