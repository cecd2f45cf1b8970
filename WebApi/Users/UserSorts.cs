using System.Text.Json;
using CleanUsers.Application;
using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Users;

/// <summary>The orders of a list as clients write them: <c>createdAt</c>, and <c>-createdAt</c> for descending.</summary>
internal static class UserSorts
{
    /// <param name="text">What the client wrote; null is the list's default.</param>
    /// <param name="deleted">Whether the list is that of deleted users, which has one order more.</param>
    public static Parsed<UserSort?> Parse(string? text, bool deleted)
    {
        if (text is null) return (UserSort?)null;
        var keys = Enum.GetValues<UserSortKey>().Where(key => deleted || key != UserSortKey.DeletedAt).ToList();
        var descending = text.StartsWith('-');
        foreach (var key in keys)
            if (text.AsSpan(descending ? 1 : 0).SequenceEqual(WireName(key))) return new UserSort(key, descending);
        return Parsed.Rejected<UserSort?>(
            "unknown-value", $"Sort must be one of {string.Join(", ", keys.Select(WireName))}, with - before it for descending.");
    }

    private static string WireName(UserSortKey key) => JsonNamingPolicy.CamelCase.ConvertName(key.ToString());
}
