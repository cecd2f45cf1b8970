using Ardalis.Result;
using CleanUsers.Application.Users;
using CleanUsers.Domain;

namespace CleanUsers.Application.Transfer;

/// <summary>A line of a file, as far as it could be read.</summary>
/// <param name="Number">From 1.</param>
/// <param name="User">The user in the line; null if the line as a whole can't be read, or has no user.</param>
/// <param name="Errors">What the reader found: shape errors, unknown members. A line with neither a user nor an error is blank.</param>
public sealed record ImportLine(long Number, ImportedUser? User, IReadOnlyList<ValidationError> Errors)
{
    public static readonly ImportLine Blank = new(0, null, []);
}

/// <summary>A user in a file: the members that a client may write, and its times, actors and version if the file has them.</summary>
/// <param name="CreatedAt">Null is now.</param>
/// <param name="CreatedBy">Null is the caller of the import.</param>
/// <param name="UpdatedAt">Null is <paramref name="CreatedAt"/>.</param>
/// <param name="UpdatedBy">Null is <paramref name="CreatedBy"/>.</param>
/// <param name="Version">Null is 1.</param>
public sealed record ImportedUser(
    UserInput User,
    Parsed<DateTimeOffset?> CreatedAt,
    Parsed<string?> CreatedBy,
    Parsed<DateTimeOffset?> UpdatedAt,
    Parsed<string?> UpdatedBy,
    Parsed<long?> Version)
{
    /// <summary>The largest whole number that every JSON parser reads exactly (RFC 8259 section 6). Versions of users may grow beyond it.</summary>
    public const long MaxVersion = (1L << 53) - 1;

    public static Parsed<DateTimeOffset?> ParseCreatedAt(string? text) => Rfc3339.Parse(text, nameof(CreatedAt));

    public static Parsed<DateTimeOffset?> ParseUpdatedAt(string? text) => Rfc3339.Parse(text, nameof(UpdatedAt));

    public static Parsed<string?> ParseCreatedBy(string? name) => ParseActor(name, nameof(CreatedBy));

    public static Parsed<string?> ParseUpdatedBy(string? name) => ParseActor(name, nameof(UpdatedBy));

    public static Parsed<long?> ParseVersion(long? version) => version is < 1 or > MaxVersion
        ? Parsed.Rejected<long?>("out-of-range", $"Version must be a whole number from 1 to {MaxVersion}.")
        : version;

    private static Parsed<string?> ParseActor(string? name, string member)
    {
        if (name is null) return (string?)null;
        if (name.Length is 0 or > Domain.Users.User.ActorMaxLength)
            return Parsed.Rejected<string?>("out-of-range", $"{member} must have 1 to {Domain.Users.User.ActorMaxLength} characters.");
        return name.IsPlainLine()
            ? name
            : Parsed.Rejected<string?>(
                "invalid-character",
                $"{member} must be Unicode text without control characters, line breaks or characters that override the direction of text.");
    }
}

/// <summary>A line that was not taken, with all that is wrong with it.</summary>
public sealed record RejectedLine(long Number, IReadOnlyList<ValidationError> Errors);

/// <summary>What became of the lines of a file.</summary>
/// <param name="Added">New users.</param>
/// <param name="Replaced">Existing users that were changed.</param>
/// <param name="Unchanged">Existing users that already had the values of the line.</param>
/// <param name="AlreadyThere">Existing users that were not to be replaced.</param>
/// <param name="Refused">Rejected lines; the JSON output of the command has this name.</param>
/// <param name="Blank">Lines with nothing in them.</param>
public sealed record ImportCounts(long Added = 0, long Replaced = 0, long Unchanged = 0, long AlreadyThere = 0, long Refused = 0, long Blank = 0)
{
    /// <summary>How many lines that are.</summary>
    public long CountLines() => Added + Replaced + Unchanged + AlreadyThere + Refused + Blank;

    public static ImportCounts operator +(ImportCounts left, ImportCounts right) => new(
        left.Added + right.Added,
        left.Replaced + right.Replaced,
        left.Unchanged + right.Unchanged,
        left.AlreadyThere + right.AlreadyThere,
        left.Refused + right.Refused,
        left.Blank + right.Blank);
}
