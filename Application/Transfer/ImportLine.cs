using System.Text.Json.Serialization;
using Ardalis.Result;
using CleanUsers.Application.Users;

namespace CleanUsers.Application.Transfer;

/// <summary>A line of a file, as far as it could be read.</summary>
/// <param name="Number">From 1.</param>
/// <param name="User">What stands there; null where the line as a whole is not one.</param>
/// <param name="Faults">What could not be read.</param>
public sealed record ImportLine(long Number, ImportedUser? User, IReadOnlyList<ValidationError> Faults);

/// <summary>A user as a file has it: what a client may write, and its history where there is one.</summary>
/// <param name="CreatedAt">RFC 3339; null is now.</param>
/// <param name="CreatedBy">Null is whoever imports.</param>
/// <param name="UpdatedAt">RFC 3339; null is <paramref name="CreatedAt"/>.</param>
/// <param name="UpdatedBy">Null is <paramref name="CreatedBy"/>.</param>
/// <param name="Version">Null is 1.</param>
public sealed record ImportedUser(
    string? Email,
    string? Name,
    int? Age,
    string? Role,
    string? Status,
    string? CreatedAt = null,
    string? CreatedBy = null,
    string? UpdatedAt = null,
    string? UpdatedBy = null,
    long? Version = null) : IUserInput;

/// <summary>A line that was not taken, with all that is wrong with it.</summary>
public sealed record RefusedLine(long Number, IReadOnlyList<ValidationError> Faults);

/// <summary>What became of the lines of a file.</summary>
/// <param name="Added">Users that were not there.</param>
/// <param name="Replaced">Users that were there and are changed.</param>
/// <param name="Unchanged">Users that were there, as the line has them.</param>
/// <param name="AlreadyThere">Users that were there, and were not to be replaced.</param>
/// <param name="Refused">Lines that break a rule.</param>
public sealed record ImportCounts(long Added = 0, long Replaced = 0, long Unchanged = 0, long AlreadyThere = 0, long Refused = 0)
{
    /// <summary>How many lines that are.</summary>
    [JsonIgnore]
    public long Lines => Added + Replaced + Unchanged + AlreadyThere + Refused;

    public static ImportCounts operator +(ImportCounts left, ImportCounts right) => new(
        left.Added + right.Added,
        left.Replaced + right.Replaced,
        left.Unchanged + right.Unchanged,
        left.AlreadyThere + right.AlreadyThere,
        left.Refused + right.Refused);
}
