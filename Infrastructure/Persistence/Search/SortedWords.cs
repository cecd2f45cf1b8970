using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>The search words of many users that are added at once.</summary>
internal static class SortedWords
{
    /// <summary>
    /// In the order of the index of words, so that neighbours are written together. They are sorted on another thread, while the caller writes the
    /// users.
    /// </summary>
    /// <returns>Each word, and the place of its user in the list.</returns>
    public static Task<List<(string Word, int User)>> OfAsync(IReadOnlyList<User> users, CancellationToken ct) => Task.Run(
        () =>
        {
            var words = users.SelectMany((user, i) => SearchText.Words(user.SearchText).Select(word => (Word: word, User: i))).ToList();
            words.Sort((a, b) => string.CompareOrdinal(a.Word, b.Word) is not 0 and var order ? order : a.User.CompareTo(b.User));
            return words;
        },
        ct);
}
