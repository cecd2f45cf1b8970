namespace CleanUsers.WebApi.Http.Problems;

/// <summary>A kind of problem (RFC 9457).</summary>
/// <param name="Code">The name: the last part of <c>type</c>, and the member <c>code</c>.</param>
/// <param name="Title">A short summary; always the same for this code.</param>
/// <param name="Remedy">What a client can do.</param>
internal sealed record Problem(string Code, int Status, string Title, string Explanation, string Remedy)
{
    public string Type => ProblemCatalogue.Path + Code;
}
