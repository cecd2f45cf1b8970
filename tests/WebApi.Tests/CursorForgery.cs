using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CleanUsers.WebApi.Tests;

/// <summary>Cursors as a client can compute them: the digest is right and the position is any bytes (docs/decisions/0004-cursors.md).</summary>
internal static class CursorForgery
{
    private const int DigestBytes = 8;

    public static readonly string[] Sorts = ["id", "createdAt", "updatedAt", "email", "name"];

    public static readonly string[] DeletedSorts = [.. Sorts, "deletedAt"];

    /// <param name="deleted">Whether the list is that of the deleted users.</param>
    /// <param name="sort">As in the query; the list has no filters.</param>
    /// <param name="place">The last user's id, a colon and its value in the sort.</param>
    public static string OfUsers(bool deleted, string sort, byte[] place)
    {
        var key = sort.TrimStart('-');
        return Of($"{deleted}\n{char.ToUpperInvariant(key[0])}{key[1..]}\n{sort.StartsWith('-')}\n\n\n\n\n\n\n", place);
    }

    /// <param name="list">What is listed: <c>emails</c> or <c>history</c>.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="place">The last email's id, or the last change's version.</param>
    public static string OfOneUser(string list, string userId, byte[] place) => Of($"{list}\n{userId}\n", place);

    /// <param name="place">The next position, a colon, and what identifies the change before it.</param>
    public static string OfChanges(byte[] place) => Of("changes\n", place);

    private static string Of(string query, byte[] place)
    {
        var digest = SHA256.HashData([.. Encoding.UTF8.GetBytes(query), .. place])[..DigestBytes];
        return Base64Url.EncodeToString([.. digest, .. place]);
    }
}
