using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using CleanUsers.Domain;

namespace CleanUsers.Application;

/// <summary>
/// The place where a page ends, as text that a client hands back unread: base64url of eight octets of SHA-256 over place and query,
/// then the place. The digest finds a cursor that is broken, edited or of another query. It keeps no secret: whoever makes one up can
/// only name a place, and sees what the list shows there anyway. So the place is checked as strictly as other input: it has one spelling.
/// </summary>
internal static class Cursor
{
    /// <summary>What is said of a text that is no cursor of the query.</summary>
    public static readonly Fault Invalid = new("invalid-cursor", "Cursor is not one that this query gave: start again without it.");

    private const int DigestOctets = 8;

    /// <param name="place">Where the page ends.</param>
    /// <param name="query">All that the cursor belongs to: what the query asks, but how many and from where.</param>
    public static string Encode(CursorPlace place, string query)
    {
        var octets = Encoding.UTF8.GetBytes(place.ToString());
        return Base64Url.EncodeToString([.. Digest(octets, query), .. octets]);
    }

    public static bool TryDecode(string text, string query, out CursorPlace place) =>
        TryRead(text, out var octets, out place) && octets.AsSpan(0, DigestOctets).SequenceEqual(Digest(octets.AsSpan(DigestOctets), query));

    /// <summary>Whether it can be a cursor, of whatever query.</summary>
    public static bool IsWellFormed(string text) => TryRead(text, out _, out _);

    private static bool TryRead(string text, out byte[] octets, out CursorPlace place)
    {
        (octets, place) = ([], default);
        if (!Base64Url.IsValid(text)) return false;
        octets = Base64Url.DecodeFromChars(text);
        // octets have several spellings where bits are left over: only one counts
        if (octets.Length <= DigestOctets || Base64Url.EncodeToString(octets) != text) return false;
        var written = octets.AsSpan(DigestOctets);
        return Utf8.IsValid(written) && CursorPlace.TryParse(Encoding.UTF8.GetString(written), out place);
    }

    private static ReadOnlySpan<byte> Digest(ReadOnlySpan<byte> place, string query) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(query), .. place]).AsSpan(0, DigestOctets);
}
