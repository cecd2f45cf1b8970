namespace CleanUsers.Application.Users;

/// <summary>The condition on the version that a client reads or changes. <see cref="None"/> accepts every version.</summary>
/// <param name="OneOf">The version must be one of these; null accepts every version.</param>
/// <param name="NoneOf">The version must not be one of these; null accepts every version.</param>
/// <param name="NoResource">There must be no such resource, so that none can meet this.</param>
public sealed record VersionCondition(IReadOnlySet<long>? OneOf = null, IReadOnlySet<long>? NoneOf = null, bool NoResource = false)
{
    public static readonly VersionCondition None = new();

    public bool Holds(long version) => IsExpected(version) && IsNew(version);

    /// <summary>True if the version is one that the client has.</summary>
    public bool IsExpected(long version) => OneOf?.Contains(version) != false;

    /// <summary>True if the version is one that the client does not have yet.</summary>
    public bool IsNew(long version) => !NoResource && NoneOf?.Contains(version) != true;
}
