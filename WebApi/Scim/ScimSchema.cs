namespace CleanUsers.WebApi.Scim;

/// <summary>The attributes of a user (RFC 7643 sections 3.1, 4.1 and 4.3): everything that reads or writes a user goes by this table.</summary>
internal static class ScimSchema
{
    public const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string EnterpriseUrn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    public static readonly ScimField Enterprise = new(
        EnterpriseUrn, ScimKind.Complex, Fields:
        [
            new("employeeNumber"), new("costCenter"), new("organization"), new("division"), new("department"),
            new("manager", ScimKind.Complex, Fields: [new("value", Form: ScimForm.Exact), new("$ref", Form: ScimForm.Exact), new("displayName")]),
        ]);

    public static readonly ScimField Emails = Many("emails", isRequired: true, new ScimField("value", Form: ScimForm.Address));

    /// <summary>Those of the core schema.</summary>
    public static readonly IReadOnlyList<ScimField> Users =
    [
        new("userName", IsRequired: true, Form: ScimForm.Address),
        new("name", ScimKind.Complex, Fields:
        [
            new("formatted"), new("familyName"), new("givenName"), new("middleName"), new("honorificPrefix"), new("honorificSuffix"),
        ]),
        new("displayName"), new("nickName"), new("profileUrl", Form: ScimForm.Exact), new("title"), new("userType"), new("preferredLanguage"),
        new("locale"), new("timezone"),
        new("active", ScimKind.Boolean),
        new("password", Mutability: ScimMutability.Ignored),
        Emails,
        Many("phoneNumbers"), Many("ims"), Many("photos"),
        new("addresses", ScimKind.Complex, IsMany: true, Fields:
        [
            new("formatted"), new("streetAddress"), new("locality"), new("region"), new("postalCode"), new("country"), new("type"),
            new("primary", ScimKind.Boolean),
        ]),
        new("groups", ScimKind.Complex, IsMany: true, Mutability: ScimMutability.ReadOnly, Fields:
        [
            new("value"), new("$ref"), new("display"), new("type"),
        ]),
        Many("entitlements"), Many("roles"), Many("x509Certificates"),
    ];

    /// <summary>All that a user has: also those that are common to all resources, and the extension.</summary>
    public static readonly ScimField User = new(
        "", ScimKind.Complex, Fields:
        [
            new("schemas", IsMany: true, Mutability: ScimMutability.Ignored),
            new("id", Form: ScimForm.Exact, Mutability: ScimMutability.ReadOnly),
            new("externalId", Form: ScimForm.Exact),
            new("meta", ScimKind.Complex, Mutability: ScimMutability.ReadOnly, Fields:
            [
                new("resourceType", Form: ScimForm.Exact), new("created", ScimKind.Instant), new("lastModified", ScimKind.Instant),
                new("location", Form: ScimForm.Exact), new("version", Form: ScimForm.Exact),
            ]),
            .. Users,
            Enterprise,
        ]);

    /// <summary>
    /// An attribute as filters, paths and dotted names write it, with or without the name of its schema before it (RFC 7644 section 3.10).
    /// </summary>
    /// <param name="within">The attribute whose attributes are meant.</param>
    /// <returns>Null if there is no such attribute.</returns>
    public static ScimPath? Find(string text, ScimField within)
    {
        var fields = new List<ScimField>();
        if (within == User && StartsWith(text, EnterpriseUrn, out var rest))
        {
            fields.Add(Enterprise);
            if (rest.Length == 0) return new(fields);
            text = rest;
        }
        else if (within == User && StartsWith(text, Core, out rest))
        {
            text = rest;
        }

        foreach (var name in text.Split('.'))
        {
            if ((fields.Count == 0 ? within : fields[^1]).Find(name) is not { } field) return null;
            fields.Add(field);
        }

        return new(fields);
    }

    public static string Describe(IReadOnlyList<ScimField> fields) => fields[0] == Enterprise && fields.Count > 1
        ? $"{EnterpriseUrn}:{string.Join('.', fields.Skip(1).Select(field => field.Name))}"
        : string.Join('.', fields.Select(field => field.Name));

    private static bool StartsWith(string text, string schema, out string rest)
    {
        rest = "";
        if (!text.StartsWith(schema, StringComparison.OrdinalIgnoreCase)) return false;
        if (text.Length == schema.Length) return true;
        rest = text[(schema.Length + 1)..];
        return text[schema.Length] == ':' && rest.Length > 0;
    }

    private static ScimField Many(string name, bool isRequired = false, ScimField? value = null) => new(
        name, ScimKind.Complex, IsMany: true, isRequired, Fields:
        [
            value ?? new("value"), new("display"), new("type"), new("primary", ScimKind.Boolean),
        ]);
}
