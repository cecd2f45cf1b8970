using CleanUsers.Domain.Users;

namespace CleanUsers.Application.Users;

/// <summary>The words of a search: it finds the users that have, for each, a search word that begins with it, see <see cref="SearchText"/>.</summary>
public static class SearchWords
{
    /// <summary>In words, of a search.</summary>
    public const int MaxWords = 8;

    /// <summary>In code points, of a search: a longer word can't match any name or address.</summary>
    public const int MaxLength = 254;

    /// <summary>The distinct words of a search.</summary>
    public static IReadOnlyList<string> OfSearch(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. SearchText.Tokens(text).Distinct(StringComparer.Ordinal)];
    }
}
