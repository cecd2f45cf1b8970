using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using CleanUsers.Domain;

namespace CleanUsers.Application;

/// <summary>
/// The place where a page ends. As text, which a client sends back unchanged: base64url of eight bytes of SHA-256 over place and query, then the
/// place. The digest finds a cursor that is broken, edited or of another query. It keeps no secret: a client that forges a cursor can only name a
/// place, and gets what the list shows there anyway. So the place is checked as strictly as other input: it has one spelling.
/// </summary>
public sealed class Cursor
{
    /// <summary>Why a text is not a cursor of the query.</summary>
    internal static readonly InvalidValue Invalid = new("invalid-cursor", "Cursor does not belong to this query: start again without it.");

    private const int DigestBytes = 8;

    private readonly byte[] _bytes;

    private Cursor(byte[] bytes, CursorPlace place) => (_bytes, Place) = (bytes, place);

    public CursorPlace Place { get; }

    /// <param name="text">What the client sent; null if it sent no cursor.</param>
    public static Parsed<Cursor?> Parse(string? text)
    {
        if (text is null) return (Cursor?)null;
        if (!Base64Url.IsValid(text)) return Parsed.Rejected<Cursor?>(Invalid);
        var bytes = Base64Url.DecodeFromChars(text);
        // base64url has several spellings of the same bytes if bits are left over: only one is valid
        var isWellFormed = bytes.Length > DigestBytes && Base64Url.EncodeToString(bytes) == text && Utf8.IsValid(bytes.AsSpan(DigestBytes));
        return isWellFormed && CursorPlace.TryParse(Encoding.UTF8.GetString(bytes.AsSpan(DigestBytes)), out var place)
            ? new Cursor(bytes, place)
            : Parsed.Rejected<Cursor?>(Invalid);
    }

    /// <param name="place">Where the page ends.</param>
    /// <param name="query">What the cursor belongs to: the query without the size of its pages.</param>
    internal static string Encode(CursorPlace place, string query)
    {
        var bytes = Encoding.UTF8.GetBytes(place.ToString());
        return Base64Url.EncodeToString([.. Digest(bytes, query), .. bytes]);
    }

    internal bool BelongsTo(string query) => _bytes.AsSpan(0, DigestBytes).SequenceEqual(Digest(_bytes.AsSpan(DigestBytes), query));

    private static ReadOnlySpan<byte> Digest(ReadOnlySpan<byte> place, string query) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(query), .. place]).AsSpan(0, DigestBytes);
}
