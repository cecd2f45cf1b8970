namespace CleanUsers.Application.Users;

/// <summary>What a client asks of the version that it reads or changes. <see cref="None"/> asks nothing.</summary>
/// <param name="OneOf">The version must be one of these; null asks nothing, an empty set can't be met.</param>
/// <param name="NoneOf">The version must be none of these.</param>
public sealed record VersionCondition(IReadOnlySet<long>? OneOf = null, IReadOnlySet<long>? NoneOf = null)
{
    public static readonly VersionCondition None = new();

    public bool Holds(long version) => OneOf?.Contains(version) != false && NoneOf?.Contains(version) != true;
}
