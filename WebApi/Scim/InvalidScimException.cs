namespace CleanUsers.WebApi.Scim;

/// <summary>Input that SCIM rejects with 400: how the readers of filters, paths and values report what is wrong with a text at any depth.</summary>
/// <param name="type">One of <see cref="ScimErrorType"/>.</param>
/// <param name="detail">One sentence for people.</param>
internal sealed class InvalidScimException(string type, string detail) : Exception(detail)
{
    public string Type => type;
}

/// <summary>The values of <c>scimType</c> (RFC 7644 section 3.12, table 9).</summary>
internal static class ScimErrorType
{
    public const string InvalidFilter = "invalidFilter";
    public const string InvalidPath = "invalidPath";
    public const string InvalidSyntax = "invalidSyntax";
    public const string InvalidValue = "invalidValue";
    public const string Mutability = "mutability";
    public const string NoTarget = "noTarget";
    public const string Uniqueness = "uniqueness";
}
