namespace CleanUsers.WebApi.Scim;

/// <summary>An attribute, or an attribute of a complex one (RFC 7643 section 7).</summary>
/// <param name="IsMany">Whether it has several values.</param>
/// <param name="Fields">The attributes of a complex one.</param>
internal sealed record ScimField(
    string Name,
    ScimKind Kind = ScimKind.Text,
    bool IsMany = false,
    bool IsRequired = false,
    ScimForm Form = ScimForm.IgnoreCase,
    ScimMutability Mutability = ScimMutability.ReadWrite,
    params IReadOnlyList<ScimField> Fields)
{
    /// <summary>The attribute of this one that has the name, whatever its case (RFC 7643 section 2.1).</summary>
    public ScimField? Find(string name) => Fields.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

internal enum ScimKind
{
    Text,
    Boolean,
    Instant,
    Complex,
}

/// <summary>How a text is compared.</summary>
internal enum ScimForm
{
    IgnoreCase,
    Exact,

    /// <summary>Like <see cref="IgnoreCase"/>, and an email address by its own rules.</summary>
    Address,
}

internal enum ScimMutability
{
    ReadWrite,
    ReadOnly,

    /// <summary>Accepted, and never stored.</summary>
    Ignored,
}

/// <summary>Where a value is in a user: the attribute, and the attributes inside of it.</summary>
internal sealed record ScimPath(IReadOnlyList<ScimField> Fields)
{
    public ScimField First => Fields[0];

    public ScimField Last => Fields[^1];

    public override string ToString() => ScimSchema.Describe(Fields);
}
