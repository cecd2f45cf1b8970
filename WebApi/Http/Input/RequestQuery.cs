using System.Buffers;
using System.Text;
using System.Text.Unicode;
using CleanUsers.Application;
using Microsoft.AspNetCore.WebUtilities;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>The query of a request, read strictly: each parameter at most once, of its type, and no unknown parameters.</summary>
internal sealed class RequestQuery
{
    // null if the encoding is broken
    private readonly Dictionary<string, string?> _parameters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<InputError> _errors = [];

    public RequestQuery(HttpRequest request)
    {
        foreach (var (written, name, value) in QueryParameter.Read(request.QueryString))
        {
            if (name is null || value is null)
            {
                var shown = RepeatedInput.InSentence(name ?? written);
                _errors.Add(InputError.OfParameter(
                    name ?? written, "invalid-encoding",
                    $"Parameter '{shown}' must be percent-encoded UTF-8: each % is followed by two hexadecimal digits."));
            }

            if (name is not null && !_parameters.TryAdd(name, value))
                _errors.Add(InputError.OfParameter(name, "repeated", $"Parameter '{RepeatedInput.InSentence(name)}' must appear only once."));
        }
    }

    /// <summary>What is read of the parameters, and their errors.</summary>
    public static RequestInput<T> ToInput<T>(HttpRequest request, Func<RequestQuery, T> read)
    {
        var parameters = new RequestQuery(request);
        var query = read(parameters);
        return new(query, InputPlace.Parameter, parameters.Errors());
    }

    public Parsed<string?> Text(string name)
    {
        _known.Add(name);
        return _parameters.GetValueOrDefault(name);
    }

    public Parsed<long> WholeNumber(string name, long absent) => Text(name).Then(text =>
        text is null ? absent
        : WholeNumbers.TryParse(text, out var number) ? number
        : Reject<long>(name, "wrong-type", $"Parameter '{name}' must be a whole number."));

    public Parsed<bool> TrueOrFalse(string name) => Text(name).Then(text => text switch
    {
        null or "false" => false,
        "true" => true,
        _ => Reject<bool>(name, "unknown-value", $"Parameter '{name}' must be true or false."),
    });

    /// <summary>Of a list.</summary>
    public Parsed<int> PageSize() => WholeNumber("pageSize", absent: PageSizes.Default).Then(PageSizes.Parse);

    /// <summary>The place in a list where the page before ended; null for the first page.</summary>
    public Parsed<Cursor?> Cursor() => Text("cursor").Then(Application.Cursor.Parse);

    /// <summary>Parameters that are repeated or badly encoded; for resources whose unknown parameters are ignored.</summary>
    public IReadOnlyList<InputError> ErrorsOfReading() => _errors;

    /// <summary>The errors of the query, once every parameter of the resource was read.</summary>
    public IReadOnlyList<InputError> Errors()
    {
        var unknown = _parameters.Keys.Where(name => !_known.Contains(name)).ToList();
        if (unknown.Count == 0) return _errors;
        // not "this resource": OPTIONS and POST do not have the parameters of GET
        var allowed = _known.Count == 0 ? "this operation has none" : $"allowed: {string.Join(", ", _known.Order(StringComparer.Ordinal))}";
        return
        [
            .. _errors,
            .. unknown.Select(name => InputError.OfParameter(
                name, "unknown-parameter", $"Unknown parameter '{RepeatedInput.InSentence(name)}' ({allowed}).")),
        ];
    }

    private Parsed<T> Reject<T>(string name, string code, string detail)
    {
        _errors.Add(InputError.OfParameter(name, code, detail));
        return Parsed.Rejected<T>(new ShapeError(code, detail));
    }
}

/// <summary>
/// A parameter of a query, decoded strictly. The framework's own decoder takes what is broken for text: <c>50%</c>, <c>%zz</c>, half a
/// character (<c>%C3</c>), half a surrogate pair (<c>%ED%A0%80</c>).
/// </summary>
/// <param name="Written">The name as the client wrote it.</param>
/// <param name="Name">The name; null if its encoding is broken.</param>
/// <param name="Value">The value; null if its encoding is broken.</param>
internal readonly record struct QueryParameter(string Written, string? Name, string? Value)
{
    public static IEnumerable<QueryParameter> Read(QueryString query)
    {
        foreach (var pair in new QueryStringEnumerable(query.Value))
            yield return new(pair.EncodedName.ToString(), Decode(pair.EncodedName.Span), Decode(pair.EncodedValue.Span));
    }

    /// <summary>RFC 3986 section 2.1, and a plus for a space as HTML forms have it.</summary>
    private static string? Decode(ReadOnlySpan<char> encoded)
    {
        var bytes = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var character = encoded[i];
            if (character != '%')
            {
                if (!char.IsAscii(character)) return null;
                bytes[length++] = character == '+' ? (byte)' ' : (byte)character;
            }
            else if (encoded.Length > i + 2
                && Convert.FromHexString(encoded.Slice(i + 1, 2), bytes.AsSpan(length), out _, out _) == OperationStatus.Done)
            {
                length++;
                i += 2;
            }
            else
            {
                return null;
            }
        }

        var text = bytes.AsSpan(0, length);
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : null;
    }
}
