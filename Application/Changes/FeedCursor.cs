using System.Globalization;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Changes;

/// <summary>
/// A place in the feed, between two changes. As a <see cref="Cursor"/> it also names the change before it: where the feed has another one there, or
/// none, the cursor is of another history of the database, which was restored from a backup, or the change was deleted by the retention.
/// </summary>
/// <param name="Next">The position of the change after it, from 1.</param>
/// <param name="Before">What identifies the change before it; null where nothing is before it.</param>
public sealed record FeedCursor(long Next, string? Before)
{
    /// <summary>What a client sends instead of a cursor to begin at the end.</summary>
    public const string Now = "now";

    /// <summary>What a client may send to begin at the start, where it must send something.</summary>
    public const string FromStart = "start";

    /// <summary>Before the first change.</summary>
    public static readonly FeedCursor Start = new(1, Before: null);

    /// <summary>After the last change, whichever that is when the feed is read.</summary>
    public static readonly FeedCursor End = new(0, Before: null);

    private static readonly InvalidValue Invalid = new(
        Cursor.Invalid.Code, $"Cursor must be a nextCursor of the feed, '{FromStart}' or '{Now}'.");

    private const string Fingerprint = "changes\n";

    public static Parsed<FeedCursor> Parse(string? text) => text switch
    {
        null or FromStart => Start,
        Now => End,
        _ => Cursor.Parse(text) is { Error: null, Value: { } cursor } && IsOfFeed(cursor)
            ? new FeedCursor(cursor.Place.Id, cursor.Place.Value)
            : Parsed.Rejected<FeedCursor>(Invalid),
    };

    public override string ToString() => Cursor.Encode(new(Next, Before), Fingerprint);

    internal static FeedCursor After(PlacedChange? change) =>
        change is null ? Start : new(change.Position + 1, Identity(change.Change));

    /// <summary>Whether this change stands before it.</summary>
    internal bool Follows(PlacedChange change) => change.Position == Next - 1 && Identity(change.Change) == Before;

    private static bool IsOfFeed(Cursor cursor) => cursor.BelongsTo(Fingerprint) && (cursor.Place.Value is null) == (cursor.Place.Id == 1);

    private static string Identity(UserChange change) =>
        string.Create(CultureInfo.InvariantCulture, $"{change.UserId}:{change.Version}:{change.UpdatedAt.ToUnixTimeMilliseconds()}");
}
