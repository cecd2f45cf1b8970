namespace CleanUsers.Domain.Scim;

/// <summary>
/// What an identity provider has sent about a user and the user itself does not have: a row beside it, there only once SCIM has changed the user.
/// </summary>
public sealed class ScimUser
{
    /// <summary>In UTF-16 units, of the texts that have columns of their own and of an address.</summary>
    public const int MaxLength = 320;

    /// <summary>In UTF-16 units, of the form that is compared, which can be longer than the text.</summary>
    public const int KeyMaxLength = 2 * MaxLength;

    /// <summary>In UTF-16 units, of the rest as JSON.</summary>
    public const int AttributesMaxLength = 65536;

    private ScimUser()
    {
    }

    public long UserId { get; private set; }

    /// <summary>As it was sent; null as long as SCIM has named no other than the email address.</summary>
    public string? UserName { get; private set; }

    public string? ExternalId { get; private set; }

    public string? GivenName { get; private set; }

    public string? GivenNameKey { get; private set; }

    public string? FamilyName { get; private set; }

    public string? FamilyNameKey { get; private set; }

    /// <summary>The type of the primary email address, in lower case; null if it has none.</summary>
    public string? EmailType { get; private set; }

    /// <summary>Everything else, a JSON object.</summary>
    public string Attributes { get; private set; } = "";

    public ScimDetails Details => new(UserName, ExternalId, GivenName, FamilyName, Attributes);

    public static ScimUser Create(long userId, ScimDetails details, ScimEmails emails)
    {
        var user = new ScimUser { UserId = userId };
        user.Replace(details, emails);
        return user;
    }

    public void Replace(ScimDetails details, ScimEmails emails)
    {
        ArgumentNullException.ThrowIfNull(details);
        ArgumentNullException.ThrowIfNull(emails);
        (UserName, ExternalId, Attributes) = (details.UserName, details.ExternalId, details.Attributes);
        (GivenName, GivenNameKey) = (details.GivenName, details.GivenName?.ToLowerNfc());
        (FamilyName, FamilyNameKey) = (details.FamilyName, details.FamilyName?.ToLowerNfc());
        EmailType = emails.PrimaryType?.ToLowerNfc();
    }
}

/// <summary>What an identity provider decides about a user besides the user's own members; what a change is compared with.</summary>
public sealed record ScimDetails(string? UserName, string? ExternalId, string? GivenName, string? FamilyName, string Attributes)
{
    /// <summary>Of a user that SCIM has not changed.</summary>
    public static readonly ScimDetails None = new(null, null, null, null, "{}");
}

/// <summary>The email addresses that the attributes have, for filters.</summary>
/// <param name="PrimaryType">The type of the user's own address.</param>
/// <param name="Others">The others, each with its type.</param>
public sealed record ScimEmails(string? PrimaryType, IReadOnlyList<(string Value, string? Type)> Others)
{
    /// <summary>The type of the address of a user that SCIM has not changed.</summary>
    public const string DefaultType = "work";
}
