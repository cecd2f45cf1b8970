using CleanUsers.Domain.Users;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>The search words of many users that are added at once.</summary>
internal static class SortedWords
{
    /// <summary>
    /// In the order of the index of words, where neighbours are then written together. To sort them takes as long as to write some of them, so it is
    /// done beside the writing of the users.
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
