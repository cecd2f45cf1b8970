using System.Text;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>A search by the beginnings of words.</summary>
internal static class UserSearch
{
    /// <summary>A text after all search words.</summary>
    private static readonly string Last = string.Concat(Enumerable.Repeat(char.ConvertFromUtf32(0x10FFFF), UserWordConfiguration.MaxLength));

    /// <summary>The users that have all words, by the rarest first, see <see cref="RarestWord"/>.</summary>
    /// <param name="users">To search in.</param>
    /// <param name="rows">How many of them are wanted.</param>
    public static async Task<IQueryable<User>> SearchAsync(
        this UsersDbContext db, IQueryable<User> users, IReadOnlyList<string> search, int rows, RarestWord rarestWord, CancellationToken ct)
    {
        var (rarest, _) = await rarestWord.FindAsync(search, rows, LookAsync, CountAsync);
        foreach (var prefix in search)
        {
            if (prefix == rarest)
            {
                var matching = db.Words.BeginningWith(prefix).Select(word => word.UserId);
                users = users.Where(user => matching.Contains(user.Id));
            }
            else
            {
                var start = SearchText.Start(prefix);
                users = users.Where(user => user.SearchText.Contains(start));
            }
        }

        return users;

        async Task<long> CountAsync() =>
            await db.Users.IgnoreQueryFilters([UserConfiguration.NotDeleted]).MaxAsync(user => (long?)user.Id, ct) ?? 0; // found at once

        async Task<IReadOnlyList<long>> LookAsync(int limit)
        {
            var counts = new List<long>(search.Count);
            foreach (var prefix in search) counts.Add(await db.Words.BeginningWith(prefix).OrderBy(word => word.Word).Take(limit).CountAsync(ct));
            return counts;
        }
    }

    /// <summary>A text after all words that begin with the prefix: an index finds those from the prefix (inclusive) to it (exclusive).</summary>
    public static string After(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes is [.., { Value: 0x10FFFF }]) runes.RemoveAt(runes.Count - 1);
        if (runes.Count == 0) return Last;
        runes[^1] = new Rune(runes[^1].Value == 0xD7FF ? 0xE000 : runes[^1].Value + 1); // between the two are surrogates
        return string.Concat(runes);
    }

    private static IQueryable<UserWord> BeginningWith(this IQueryable<UserWord> words, string prefix)
    {
        var end = After(prefix);
        return words.Where(word => string.Compare(word.Word, prefix) >= 0 && string.Compare(word.Word, end) < 0);
    }
}
