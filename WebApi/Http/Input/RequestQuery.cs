using CleanUsers.Application;

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
                _errors.Add(InputError.OfParameter(name, "repeated", $"Parameter '{RepeatedInput.InSentence(name)}' must be there once."));
        }
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

    /// <summary>The errors of the query, once every parameter of the resource was read.</summary>
    public IReadOnlyList<InputError> Errors() =>
    [
        .. _errors,
        .. _parameters.Keys.Where(name => !_known.Contains(name))
            .Select(name => InputError.OfParameter(name, "unknown-parameter", $"Unknown parameter '{RepeatedInput.InSentence(name)}'.")),
    ];

    private Parsed<T> Reject<T>(string name, string code, string detail)
    {
        _errors.Add(InputError.OfParameter(name, code, detail));
        return Parsed.Rejected<T>(new ShapeError(code, detail));
    }
}
