using System.Text.Json.Serialization;

namespace CleanUsers.WebApi.Http.Problems;

/// <summary>The body of a problem (RFC 9457), with the members in the order in which they are written.</summary>
/// <param name="Instance">The path of the request, without its query, which can hold personal data.</param>
/// <param name="TraceId">The trace id of the request in the log.</param>
/// <param name="Errors">The errors of the input; absent for other problems.</param>
internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Instance,
    string Code,
    string TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemError>? Errors);

/// <summary>An error of the input, at one of three places.</summary>
/// <param name="Pointer">A member of the body, as a JSON Pointer in a URI fragment (RFC 6901 section 6).</param>
/// <param name="Parameter">The name of a query parameter.</param>
/// <param name="Header">The name of a header.</param>
internal sealed record ProblemError(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Pointer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Parameter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Header,
    string Code,
    string Detail);

/// <summary>What the <c>type</c> of a problem leads to.</summary>
internal sealed record ProblemExplanation(string Type, string Title, int Status, string Explanation, string Remedy);
