namespace CleanUsers.Application.Users;

/// <summary>What a client asks of the version that it reads or changes. <see cref="None"/> asks nothing.</summary>
/// <param name="OneOf">The version must be one of these; null asks nothing.</param>
/// <param name="NoneOf">The version must be none of these; null asks nothing.</param>
/// <param name="Missing">There must be no user at all, so that none can meet this.</param>
public sealed record VersionCondition(IReadOnlySet<long>? OneOf = null, IReadOnlySet<long>? NoneOf = null, bool Missing = false)
{
    public static readonly VersionCondition None = new();

    public bool Holds(long version) => IsExpected(version) && IsNew(version);

    /// <summary>True where the version is one that the client knows.</summary>
    public bool IsExpected(long version) => OneOf?.Contains(version) != false;

    /// <summary>True where the version is one that the client does not know yet.</summary>
    public bool IsNew(long version) => !Missing && NoneOf?.Contains(version) != true;
}
