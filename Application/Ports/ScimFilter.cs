namespace CleanUsers.Application.Ports;

/// <summary>Which users SCIM lists: what of RFC 7644 section 3.4.2.2 the databases can compare.</summary>
public abstract record ScimFilter
{
    private ScimFilter()
    {
    }

    public sealed record Both(ScimFilter Left, ScimFilter Right) : ScimFilter;

    public sealed record Either(ScimFilter Left, ScimFilter Right) : ScimFilter;

    public sealed record Not(ScimFilter Filter) : ScimFilter;

    /// <summary>Every user, or no user.</summary>
    public sealed record Always(bool Matches) : ScimFilter;

    public sealed record HasId(long Id) : ScimFilter;

    public sealed record IsActive : ScimFilter;

    /// <summary>The attribute is there and compares so.</summary>
    /// <param name="Value">In the form in which the attribute is compared.</param>
    public sealed record Text(ScimMember Attribute, ScimComparison Comparison, string Value) : ScimFilter;

    /// <summary>One of the email addresses compares so.</summary>
    /// <param name="Value">In the form in which addresses are compared.</param>
    /// <param name="Type">Only addresses of this type, in lower case; null for all.</param>
    public sealed record Email(ScimComparison Comparison, string Value, string? Type) : ScimFilter;

    /// <summary>One of the email addresses has this type, in lower case; null for a user with any address, which all are.</summary>
    public sealed record HasEmail(string? Type) : ScimFilter;

    public sealed record Instant(ScimInstant Attribute, ScimComparison Comparison, DateTimeOffset Value) : ScimFilter;

    public sealed record IsPresent(ScimMember Attribute) : ScimFilter;
}

/// <summary>An attribute that is text.</summary>
public enum ScimMember
{
    UserName,
    ExternalId,
    GivenName,
    FamilyName,

    /// <summary>The name of the user, whose comparison form is not stored: it can only be there or not.</summary>
    DisplayName,
}

/// <summary>An attribute that is an instant.</summary>
public enum ScimInstant
{
    Created,
    LastModified,
}

/// <summary>How a filter compares. Texts compare by code point.</summary>
public enum ScimComparison
{
    Equal,
    StartsWith,
    Contains,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}
