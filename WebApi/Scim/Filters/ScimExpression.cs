using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Scim.Filters;

/// <summary>A filter as it is written (RFC 7644 section 3.4.2.2). <c>ne</c> is the negation of <c>eq</c>.</summary>
internal abstract record ScimExpression
{
    private ScimExpression()
    {
    }

    public sealed record And(ScimExpression Left, ScimExpression Right) : ScimExpression;

    public sealed record Or(ScimExpression Left, ScimExpression Right) : ScimExpression;

    public sealed record Not(ScimExpression Negated) : ScimExpression;

    /// <param name="Value">A text, true or false, a number, or null.</param>
    public sealed record Compare(ScimPath Path, ScimComparison Comparison, object? Value) : ScimExpression;

    public sealed record IsPresent(ScimPath Path) : ScimExpression;

    /// <summary>One value of the attribute meets the whole condition.</summary>
    public sealed record HasValue(ScimPath Path, ScimExpression Condition) : ScimExpression;
}
