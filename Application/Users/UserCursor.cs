using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Users;

/// <summary>The <see cref="Cursor"/> of a list of users: the last one's id and the value that the list is sorted by.</summary>
internal static class UserCursor
{
    public static string Encode(ListedUser last, UserQuery query)
    {
        var value = query.Sort.Key switch
        {
            UserSortKey.Id => "",
            UserSortKey.CreatedAt => Milliseconds(last.User.CreatedAt),
            UserSortKey.UpdatedAt => Milliseconds(last.User.UpdatedAt),
            UserSortKey.Email or UserSortKey.Name => last.SortText,
            UserSortKey.DeletedAt => Milliseconds(last.DeletedAt!.Value),
        };
        return Cursor.Encode(new(last.User.Id, value), QueryFingerprint(query));
    }

    /// <summary>False if the cursor belongs to another query, or names no place in the query's order.</summary>
    public static bool TryRead(Cursor cursor, UserQuery query, [NotNullWhen(true)] out UserPosition? position)
    {
        position = null;
        var place = cursor.Place;
        if (!cursor.BelongsTo(QueryFingerprint(query)) || place.Value is not { } value) return false;
        position = query.Sort.Key switch
        {
            UserSortKey.Id => value.Length == 0 ? new(place.Id) : null,
            UserSortKey.Email => value.Length > 0 && Encoding.UTF8.GetByteCount(value) <= EmailAddress.MaxBytes ? new(place.Id, value) : null,
            // the database's own name, not parsed again: what a later Unicode normalises otherwise is a place all the same
            UserSortKey.Name => value.EnumerateRunes().Count() <= UserName.MaxLength ? new(place.Id, value) : null,
            UserSortKey.CreatedAt or UserSortKey.UpdatedAt or UserSortKey.DeletedAt => Instant(value) is { } instant
                ? new(place.Id, Instant: instant)
                : null,
        };
        return position is not null;
    }

    /// <summary>What a cursor belongs to.</summary>
    internal static string QueryFingerprint(UserQuery query)
    {
        var (filter, sort) = (query.Filter, query.Sort);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{query.Deleted}\n{sort.Key}\n{sort.Descending}\n{filter.EmailKey}\n{filter.Status}\n{filter.Role}\n"
                + $"{filter.CreatedFrom:O}\n{filter.CreatedBefore:O}\n{string.Join(' ', filter.Words ?? [])}\n");
    }

    private static string Milliseconds(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? Instant(string text) =>
        CursorPlace.TryParseInteger(text, out var milliseconds)
        && milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
