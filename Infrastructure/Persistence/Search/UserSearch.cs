using System.Text;
using CleanUsers.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>A search by the beginnings of words, executed on the index of words.</summary>
internal static class UserSearch
{
    /// <summary>How many entries of the index make a word a common one.</summary>
    private const int Common = 1000;

    /// <summary>
    /// Looks first, reading at most <see cref="Common"/> entries a word, how common each word is. The rarest names the users to look at,
    /// so that a search for ten of a million reads about ten; where all are common, the users are read in the order of the query, and a page
    /// is soon full.
    /// </summary>
    public static async Task<IQueryable<User>> SearchAsync(
        this DbSet<UserWord> words, IQueryable<User> users, IReadOnlyList<string> search, CancellationToken ct)
    {
        var rarest = search[0];
        var fewest = Common;
        foreach (var prefix in search)
        {
            var found = await words.BeginningWith(prefix).OrderBy(word => word.Word).Take(Common).CountAsync(ct);
            if (found < fewest) (rarest, fewest) = (prefix, found);
        }

        foreach (var prefix in search)
        {
            var matching = words.BeginningWith(prefix);
            users = fewest < Common && prefix == rarest
                ? users.Where(user => matching.Select(word => word.UserId).Contains(user.Id))
                : users.Where(user => matching.Any(word => word.UserId == user.Id));
        }

        return users;
    }

    /// <summary>As a range, because an index serves that, and LIKE only where the database's settings happen to fit.</summary>
    private static IQueryable<UserWord> BeginningWith(this IQueryable<UserWord> words, string prefix)
    {
        if (After(prefix) is not { } end) return words.Where(word => string.Compare(word.Word, prefix) >= 0);
        return words.Where(word => string.Compare(word.Word, prefix) >= 0 && string.Compare(word.Word, end) < 0);
    }

    /// <summary>The first text, by code point, that is after all that begin with the prefix; null if no text is.</summary>
    private static string? After(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes is [.., { Value: 0x10FFFF }]) runes.RemoveAt(runes.Count - 1);
        if (runes.Count == 0) return null;
        runes[^1] = new Rune(runes[^1].Value == 0xD7FF ? 0xE000 : runes[^1].Value + 1); // between the two are surrogates
        return string.Concat(runes);
    }
}
