namespace CleanUsers.WebApi.Http.Problems;

/// <summary>A kind of problem (RFC 9457).</summary>
/// <param name="Code">Its name: the last part of <c>type</c>, and the member <c>code</c>.</param>
/// <param name="Status">The HTTP status that it comes with.</param>
/// <param name="Title">What it is, in a few words; the same each time.</param>
/// <param name="Explanation">What it means.</param>
/// <param name="Remedy">What a client can do.</param>
internal sealed record Problem(string Code, int Status, string Title, string Explanation, string Remedy)
{
    public string Type => ProblemCatalogue.Path + Code;
}
