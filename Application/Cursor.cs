using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.Domain;

namespace CleanUsers.Application;

/// <summary>
/// The place where a page ends, as text that a client hands back unread: base64url of eight octets of SHA-256 over place and query,
/// then the place. The digest finds a cursor that is broken, edited or of another query. It keeps no secret: whoever makes one up can
/// only name a place, and sees what the list shows there anyway.
/// </summary>
internal static class Cursor
{
    /// <summary>What is said of a text that is no cursor of the query.</summary>
    public static readonly Fault Invalid = new("invalid-cursor", "Cursor is not one that this query gave: start again without it.");

    private const int DigestOctets = 8;

    /// <param name="place">Where the page ends.</param>
    /// <param name="query">All that the cursor belongs to: what the query asks, but how many and from where.</param>
    public static string Encode(string place, string query)
    {
        var octets = Encoding.UTF8.GetBytes(place);
        return Base64Url.EncodeToString([.. Digest(octets, query), .. octets]);
    }

    public static bool TryDecode(string text, string query, [NotNullWhen(true)] out string? place)
    {
        place = null;
        if (!IsWellFormed(text)) return false;
        var octets = Base64Url.DecodeFromChars(text).AsSpan();
        if (!octets[..DigestOctets].SequenceEqual(Digest(octets[DigestOctets..], query))) return false;
        place = Encoding.UTF8.GetString(octets[DigestOctets..]);
        return true;
    }

    /// <summary>Whether it can be a cursor, of whatever query. Octets have several spellings where bits are left over: only one counts.</summary>
    public static bool IsWellFormed(string text) => Base64Url.IsValid(text)
        && Base64Url.DecodeFromChars(text) is { Length: > DigestOctets } octets
        && Base64Url.EncodeToString(octets) == text;

    private static ReadOnlySpan<byte> Digest(ReadOnlySpan<byte> place, string query) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(query), .. place]).AsSpan(0, DigestOctets);
}
