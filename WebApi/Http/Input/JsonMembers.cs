using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CleanUsers.Application;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>One JSON object (RFC 8259), read strictly: each member once, of its type, and none that is not known.</summary>
internal sealed class JsonMembers
{
    public const int MaxDepth = 32;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _repeated = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly IReadOnlyCollection<string> _ignored;
    private readonly List<InputError> _errors = [];

    private JsonMembers(JsonElement root, IReadOnlyCollection<string> ignored)
    {
        _ignored = ignored;
        foreach (var property in root.EnumerateObject())
        {
            if (!TryGetName(property, out var name))
            {
                _errors.Add(InputError.OfBody("invalid-text", "The name of a member has half a surrogate pair."));
            }
            else if (!_members.TryAdd(name, property.Value))
            {
                _repeated.Add(name);
                _errors.Add(InputError.OfMember(name, "duplicate-member", $"Member '{RepeatedInput.InSentence(name)}' must appear only once."));
            }
        }
    }

    /// <param name="bytes">The text, in UTF-8 without a byte order mark.</param>
    /// <param name="what">What the object is, for messages: a body, a line.</param>
    /// <param name="ignored">Members that may be there, and do not count.</param>
    /// <param name="read">The object; null if the bytes are not one.</param>
    /// <param name="error">Why they are not.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, string what, IReadOnlyCollection<string> ignored,
        [NotNullWhen(true)] out JsonMembers? read, [NotNullWhen(false)] out InputError? error)
    {
        read = null;
        if (!TryParse(bytes, what, out var root, out error)) return false;
        read = new JsonMembers(root, ignored);
        return true;
    }

    /// <summary>A string or null; null if the member is absent.</summary>
    public Parsed<string?> Text(string member) => OptionalText(member).Or((string?)null);

    /// <summary>A string or null.</summary>
    /// <param name="absent">What stands for a member that is absent.</param>
    public Parsed<string?> Text(string member, string? absent) => OptionalText(member).Or(absent);

    public Optional<Parsed<string?>> OptionalText(string member) => Optional<string?>(member, element =>
    {
        if (element.ValueKind == JsonValueKind.Null) return (string?)null;
        if (element.ValueKind != JsonValueKind.String)
            return Reject<string?>(member, "wrong-type", $"Member '{member}' must be a string, not {Describe(element)}.");
        return TryGetText(element, out var text) ? text : Reject<string?>(member, "invalid-text", $"Member '{member}' has half a surrogate pair.");
    });

    /// <summary>An array of strings, or null.</summary>
    public Optional<Parsed<IReadOnlyList<string>?>> OptionalTexts(string member) => Optional(member, element =>
    {
        if (element.ValueKind == JsonValueKind.Null) return Parsed.Accepted<IReadOnlyList<string>?>(null);
        if (element.ValueKind != JsonValueKind.Array)
        {
            return Reject<IReadOnlyList<string>?>(
                member, "wrong-type", $"Member '{member}' must be an array of strings or null, not {Describe(element)}.");
        }

        var texts = new List<string>();
        foreach (var item in element.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                return Reject<IReadOnlyList<string>?>(member, "wrong-type", $"Member '{member}' must have strings only, not {Describe(item)}.");
            if (!TryGetText(item, out var text))
                return Reject<IReadOnlyList<string>?>(member, "invalid-text", $"Member '{member}' has half a surrogate pair.");
            texts.Add(text!);
        }

        return Parsed.Accepted<IReadOnlyList<string>?>(texts);
    });

    /// <summary>A whole number or null; null if the member is absent.</summary>
    public Parsed<long?> WholeNumber(string member) => OptionalWholeNumber(member).Or((long?)null);

    /// <summary>A number that is too large for the type is as far out of range as the type can be.</summary>
    public Optional<Parsed<long?>> OptionalWholeNumber(string member) => Optional<long?>(member, element =>
    {
        if (element.ValueKind == JsonValueKind.Null) return (long?)null;
        return element.ValueKind == JsonValueKind.Number && WholeNumbers.TryParseJson(JsonMarshal.GetRawUtf8Value(element), out var number)
            ? (long?)number
            : Reject<long?>(member, "wrong-type", $"Member '{member}' must be a whole number or null, not {Describe(element)}.");
    });

    /// <summary>The member must be there and be <c>false</c>.</summary>
    public void MustBeFalse(string member)
    {
        _known.Add(member);
        if (!_members.TryGetValue(member, out var element))
            _errors.Add(InputError.OfMember(member, "required", $"Member '{member}' is required: false."));
        else if (element.ValueKind != JsonValueKind.False)
            _errors.Add(InputError.OfMember(member, "unknown-value", $"Member '{member}' must be false."));
    }

    /// <summary>What is wrong with the object, once each member that is known was read.</summary>
    public IReadOnlyList<InputError> Errors()
    {
        var unknown = _members.Keys.Where(name => !_known.Contains(name) && !_ignored.Contains(name)).ToList();
        if (unknown.Count == 0) return _errors;
        var allowed = string.Join(", ", _known.Order(StringComparer.Ordinal));
        return
        [
            .. _errors,
            .. unknown.Select(name => InputError.OfMember(
                name, "unknown-member", $"Unknown member '{RepeatedInput.InSentence(name)}' (allowed: {allowed}).")),
        ];
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, string what, out JsonElement root, [NotNullWhen(false)] out InputError? error)
    {
        root = default;
        error = null;
        if (bytes.IsEmpty)
        {
            error = InputError.OfBody("body-missing", $"The {what} is missing: it must be a JSON object.");
        }
        else if (!Utf8.IsValid(bytes))
        {
            error = InputError.OfBody("invalid-utf-8", $"The {what} is not UTF-8, from byte {CountValidBytes(bytes) + 1} on.");
        }
        else
        {
            try
            {
                root = JsonElement.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth });
                if (root.ValueKind != JsonValueKind.Object)
                    error = InputError.OfBody("wrong-type", $"The {what} must be a JSON object, not {Describe(root)}.");
            }
            catch (JsonException exception) // its message names the library
            {
                error = InputError.OfBody(
                    "invalid-json",
                    $"The {what} is not JSON that can be read (at most {MaxDepth} levels deep): "
                    + $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
            }
        }

        return error is null;
    }

    private Optional<Parsed<T>> Optional<T>(string member, Func<JsonElement, Parsed<T>> parse)
    {
        _known.Add(member);
        if (!_members.TryGetValue(member, out var element)) return default;
        var parsed = parse(element);
        // which of the values counts is not certain: none is looked at any further
        return _repeated.Contains(member) ? Parsed.Rejected<T>(new ShapeError("duplicate-member", "")) : parsed;
    }

    private Parsed<T> Reject<T>(string member, string code, string detail)
    {
        _errors.Add(InputError.OfMember(member, code, detail));
        return Parsed.Rejected<T>(new ShapeError(code, detail));
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
        JsonValueKind.Number => $"the number {RepeatedInput.InSentence(element.GetRawText())}",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Null => "null",
        JsonValueKind.Undefined => "nothing",
    };

    private static int CountValidBytes(ReadOnlySpan<byte> bytes)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out _, out var length) == OperationStatus.Done) valid += length;
        return valid;
    }
}
