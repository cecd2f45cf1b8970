using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Users;

/// <summary>
/// The place where a page ends, as text that a client hands back unread: base64url of eight octets of SHA-256 over place and query,
/// then the place. The digest finds a cursor that is broken, edited or of another query. It keeps no secret: whoever makes one up can
/// only name a place, and sees what the list shows there anyway.
/// </summary>
internal static class UserCursor
{
    /// <summary>What is said of a text that is no cursor of the query.</summary>
    public static readonly Fault Invalid = new("invalid-cursor", "Cursor is not one that this query gave: start again without it.");

    private const int DigestOctets = 8;

    public static string Encode(User last, UserQuery query)
    {
        var value = query.Sort.Key switch
        {
            UserSortKey.Id => "",
            UserSortKey.CreatedAt => Milliseconds(last.CreatedAt),
            UserSortKey.UpdatedAt => Milliseconds(last.UpdatedAt),
            UserSortKey.Email => last.EmailKey,
            UserSortKey.Name => last.SortName,
            UserSortKey.DeletedAt => Milliseconds(last.DeletedAt!.Value),
        };
        var place = Encoding.UTF8.GetBytes($"{last.Id}:{value}");
        return Base64Url.EncodeToString([.. Digest(place, query), .. place]);
    }

    public static bool TryDecode(string text, UserQuery query, [NotNullWhen(true)] out UserPosition? position)
    {
        position = null;
        if (!IsWellFormed(text)) return false;
        var octets = Base64Url.DecodeFromChars(text);
        var place = octets.AsSpan(DigestOctets);
        if (!octets.AsSpan(0, DigestOctets).SequenceEqual(Digest(place, query))) return false;

        var parts = Encoding.UTF8.GetString(place).Split(':', 2);
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return false;
        position = query.Sort.Key switch
        {
            UserSortKey.Id => new UserPosition(id),
            UserSortKey.Email or UserSortKey.Name => new UserPosition(id, Text: parts[1]),
            UserSortKey.CreatedAt or UserSortKey.UpdatedAt or UserSortKey.DeletedAt => Instant(parts[1]) is { } instant
                ? new UserPosition(id, Instant: instant)
                : null,
        };
        return position is not null;
    }

    /// <summary>Whether it can be a cursor, of whatever query. Octets have several spellings where bits are left over: only one counts.</summary>
    public static bool IsWellFormed(string text) => Base64Url.IsValid(text)
        && Base64Url.DecodeFromChars(text) is { Length: > DigestOctets } octets
        && Base64Url.EncodeToString(octets) == text;

    private static ReadOnlySpan<byte> Digest(ReadOnlySpan<byte> place, UserQuery query)
    {
        // of the query, all but how many and from where
        var (filter, sort) = (query.Filter, query.Sort);
        var bound = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{query.Deleted}\n{sort.Key}\n{sort.Descending}\n{filter.EmailKey}\n{filter.Status}\n{filter.Role}\n{filter.CreatedFrom:O}\n{filter.CreatedBefore:O}\n{string.Join(' ', filter.Words ?? [])}\n"));
        return SHA256.HashData([.. bound, .. place]).AsSpan(0, DigestOctets);
    }

    private static string Milliseconds(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? Instant(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
