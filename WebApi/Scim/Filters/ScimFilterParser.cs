using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.WebApi.Http.Input;

namespace CleanUsers.WebApi.Scim.Filters;

/// <summary>Reads filters (RFC 7644 section 3.4.2.2) and the paths of PATCH (section 3.5.2, figure 7), which can contain a filter.</summary>
internal sealed class ScimFilterParser
{
    /// <summary>In UTF-16 units, of a filter or a path.</summary>
    public const int MaxLength = 4096;

    /// <summary>Of parentheses, brackets and <c>not</c>.</summary>
    public const int MaxDepth = 16;

    /// <summary>Comparisons of a filter.</summary>
    public const int MaxTerms = 50;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:._$-");

    private readonly string _text;
    private readonly string _error;
    private int _at;
    private int _terms;

    private ScimFilterParser(string text, string error)
    {
        (_text, _error) = (text, error);
        if (!text.IsWellFormed()) throw Invalid("it is not Unicode text");
        if (text.Length > MaxLength) throw Invalid($"it has more than {MaxLength} characters");
    }

    /// <exception cref="InvalidScimException">It is not a filter.</exception>
    public static ScimExpression Parse(string text)
    {
        var parser = new ScimFilterParser(text, ScimErrorType.InvalidFilter);
        var filter = parser.ReadOr(ScimSchema.User, depth: 0);
        parser.ReadEnd();
        return filter;
    }

    /// <exception cref="InvalidScimException">It is not a path, or names an attribute that users do not have.</exception>
    public static ScimTarget ParseTarget(string text)
    {
        var parser = new ScimFilterParser(text, ScimErrorType.InvalidPath);
        var path = parser.ReadPath(ScimSchema.User);
        if (!parser.TryRead('[')) return parser.ReadEnd(new ScimTarget(path, Filter: null));

        parser.RequireMany(path);
        var filter = parser.ReadOr(path.Last, depth: 1);
        parser.SkipSpaces();
        parser.Read(']');
        if (parser._at < text.Length) path = new([.. path.Fields, parser.ReadInner(path.Last)]);
        return parser.ReadEnd(new ScimTarget(path, filter));
    }

    private ScimExpression ReadOr(ScimField within, int depth)
    {
        if (depth > MaxDepth) throw Invalid($"it is more than {MaxDepth} levels deep");
        var left = ReadAnd(within, depth);
        while (TryReadWord("or")) left = new ScimExpression.Or(left, ReadAnd(within, depth));
        return left;
    }

    private ScimExpression ReadAnd(ScimField within, int depth)
    {
        var left = ReadFactor(within, depth);
        while (TryReadWord("and")) left = new ScimExpression.And(left, ReadFactor(within, depth));
        return left;
    }

    private ScimExpression ReadFactor(ScimField within, int depth)
    {
        SkipSpaces();
        var start = _at;
        if (TryReadWord("not"))
        {
            SkipSpaces();
            if (TryRead('(')) return new ScimExpression.Not(ReadGroup(within, depth));
            _at = start;
        }

        return TryRead('(') ? ReadGroup(within, depth) : ReadTerm(within, depth);
    }

    private ScimExpression ReadGroup(ScimField within, int depth)
    {
        var group = ReadOr(within, depth + 1);
        SkipSpaces();
        Read(')');
        return group;
    }

    private ScimExpression ReadTerm(ScimField within, int depth)
    {
        if (++_terms > MaxTerms) throw Invalid($"it has more than {MaxTerms} comparisons");
        var path = ReadPath(within);
        if (!TryRead('[')) return ReadComparison(path);

        if (within != ScimSchema.User) throw Invalid("brackets must not be inside of brackets");
        RequireMany(path);
        var condition = ReadOr(path.Last, depth + 1);
        SkipSpaces();
        Read(']');
        // not in the grammar, and what Entra ID sends: emails[type eq "work"].value eq "…"
        if (_at < _text.Length && _text[_at] == '.')
            condition = new ScimExpression.And(condition, ReadComparison(new([ReadInner(path.Last)])));
        return new ScimExpression.HasValue(path, condition);
    }

    private ScimExpression ReadComparison(ScimPath path)
    {
        SkipSpaces();
        var start = _at;
        var word = ReadName().ToLowerInvariant();
        if (word == "pr") return new ScimExpression.IsPresent(path);
        ScimComparison? comparison = word switch
        {
            "eq" or "ne" => ScimComparison.Equal,
            "sw" => ScimComparison.StartsWith,
            "co" => ScimComparison.Contains,
            "ew" => ScimComparison.EndsWith,
            "gt" => ScimComparison.Greater,
            "ge" => ScimComparison.GreaterOrEqual,
            "lt" => ScimComparison.Less,
            "le" => ScimComparison.LessOrEqual,
            _ => null,
        };
        if (comparison is null)
        {
            _at = start;
            throw Invalid("one of the operators eq, ne, co, sw, ew, pr, gt, ge, lt, le is expected");
        }

        if (_at == _text.Length || _text[_at] != ' ') throw Invalid("a space is expected");
        SkipSpaces();
        var compare = new ScimExpression.Compare(path, comparison.Value, ReadValue());
        return word == "ne" ? new ScimExpression.Not(compare) : compare;
    }

    private ScimPath ReadPath(ScimField within)
    {
        SkipSpaces();
        var start = _at;
        var name = ReadName();
        if (name.Length == 0) throw Invalid("the name of an attribute is expected");
        if (ScimSchema.Find(name, within) is { } path) return path;
        _at = start;
        throw Invalid($"users have no attribute '{RepeatedInput.InSentence(name)}' there");
    }

    /// <summary>A dot, and an attribute of the values of another one.</summary>
    private ScimField ReadInner(ScimField within)
    {
        Read('.');
        var path = ReadPath(within);
        return path.Fields is [var only] ? only : throw Invalid("one attribute must follow");
    }

    /// <summary>A value of JSON that is not an array or an object.</summary>
    private object? ReadValue()
    {
        var start = _at;
        if (_at < _text.Length && _text[_at] == '"')
        {
            for (_at++; _at < _text.Length && _text[_at] != '"'; _at++)
                if (_text[_at] == '\\') _at++;
            _at = Math.Min(_at + 1, _text.Length);
        }
        else
        {
            while (_at < _text.Length && _text[_at] is not (' ' or ')' or ']')) _at++;
        }

        var json = _text[start.._at];
        try
        {
            var value = JsonElement.Parse(json);
            return value.ValueKind switch
            {
                JsonValueKind.String when value.GetString()!.IsWellFormed() => value.GetString(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Null => null,
                JsonValueKind.Number => value.GetDouble(),
                _ => throw Invalid("a text in double quotes, a number, true, false or null is expected"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter for half a surrogate pair
        {
            _at = start;
            throw Invalid("a text in double quotes, a number, true, false or null is expected");
        }
    }

    private string ReadName()
    {
        var length = _text.AsSpan(_at).IndexOfAnyExcept(NameCharacters);
        var name = length < 0 ? _text[_at..] : _text.Substring(_at, length);
        _at += name.Length;
        return name;
    }

    /// <summary>A word of the grammar between others.</summary>
    private bool TryReadWord(string word)
    {
        var start = _at;
        SkipSpaces();
        if (ReadName().Equals(word, StringComparison.OrdinalIgnoreCase) && (_at == _text.Length || _text[_at] is ' ' or '(')) return true;
        _at = start;
        return false;
    }

    private bool TryRead(char character)
    {
        if (_at == _text.Length || _text[_at] != character) return false;
        _at++;
        return true;
    }

    private void Read(char character)
    {
        if (!TryRead(character)) throw Invalid($"'{character}' is expected");
    }

    private void ReadEnd()
    {
        SkipSpaces();
        if (_at < _text.Length) throw Invalid("it must end there");
    }

    private ScimTarget ReadEnd(ScimTarget target)
    {
        ReadEnd();
        return target;
    }

    private void RequireMany(ScimPath path)
    {
        if (!path.Last.IsMany || path.Last.Kind != ScimKind.Complex) throw Invalid($"'{path}' has no values to choose from by brackets");
    }

    private void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] == ' ') _at++;
    }

    private InvalidScimException Invalid(string reason) => new(
        _error,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The {(_error == ScimErrorType.InvalidPath ? "path" : "filter")} is not valid at character {_at + 1}: {reason}."));
}

/// <summary>What an operation of PATCH changes.</summary>
/// <param name="Filter">Which values of the first attribute; null for all.</param>
internal sealed record ScimTarget(ScimPath Path, ScimExpression? Filter);
