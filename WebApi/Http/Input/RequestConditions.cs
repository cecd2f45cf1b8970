using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Problems;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>The conditions in <c>If-Match</c> and <c>If-None-Match</c> (RFC 9110 section 13.1).</summary>
/// <param name="Condition">The condition on the version of the resource.</param>
/// <param name="Errors">Headers that can't be read.</param>
/// <param name="HasIfMatch">Whether the request has <c>If-Match</c>.</param>
internal readonly record struct RequestConditions(VersionCondition Condition, IReadOnlyList<InputError> Errors, bool HasIfMatch)
{
    /// <param name="ifMatch">How <c>If-Match</c> compares. SCIM has weak entity tags in it, too (RFC 7644 section 3.14).</param>
    public static RequestConditions Read(HttpRequest request, TagComparison ifMatch = TagComparison.Strong)
    {
        var (expected, known) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);
        if (expected.Count == 0 && known.Count == 0) return new(VersionCondition.None, [], HasIfMatch: false);
        var errors = new List<InputError>();
        if (!EntityTags.TryParse(expected, ifMatch, out var oneOf)) errors.Add(Invalid("If-Match"));
        if (!EntityTags.TryParse(known, TagComparison.Weak, out var noneOf)) errors.Add(Invalid("If-None-Match"));
        return new(EntityTags.Condition(oneOf, noneOf), errors, expected.Count > 0);
    }

    /// <summary>A request without a body, whose conditions alone make the command.</summary>
    public static RequestInput<T> ToInput<T>(HttpRequest request, Func<VersionCondition, T> toCommand, bool requireIfMatch = false)
    {
        var conditions = Read(request);
        return new(
            toCommand(conditions.Condition),
            InputPlace.Parameter,
            [.. RequestInput.UnknownParameters(request), .. conditions.Errors],
            conditions.MissingIfMatch(requireIfMatch));
    }

    /// <summary>The problem of a request that must have <c>If-Match</c>, and has none.</summary>
    public ProblemResult? MissingIfMatch(bool requireIfMatch) =>
        requireIfMatch && !HasIfMatch ? new ProblemResult(ProblemCatalogue.VersionRequired) : null;

    private static InputError Invalid(string header) =>
        InputError.OfHeader(header, "invalid-entity-tag", $"Header '{header}' must be * or a list of entity tags such as \"3\".");
}
