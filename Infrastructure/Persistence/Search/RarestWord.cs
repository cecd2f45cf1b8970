using Microsoft.Extensions.Caching.Memory;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>
/// Which word of a search names the users to look at. A look at the index finds out, reading a limited number of entries a word, how common each is.
/// With the rarest, a search for ten of a million reads about ten; where all are common, the users are read in the order of the query, and a page
/// is soon full, if order and words have nothing to do with each other.
/// </summary>
/// <remarks>
/// Searches whose words are all common are remembered for a minute, since most are for a first letter. What a search finds does not depend on it.
/// </remarks>
internal sealed class RarestWord : IDisposable
{
    /// <summary>In entries of the index: a word that has fewer is rare, however few users there are.</summary>
    private const int Rare = 1000;

    /// <summary>In entries of the index: a look counts no more. The greatest id stands for the number of users, and can be far above it.</summary>
    private const int LongestLook = 50_000;

    /// <summary>
    /// How many users are read in the order of the query, as a multiple of the number of entries where both ways read as many: users with all words
    /// are rarer than users with one of them.
    /// </summary>
    private const int ReachInLooks = 4;

    /// <summary>In searches.</summary>
    private const int Remembered = 1000;

    private static readonly TimeSpan Remembering = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _common = new(new MemoryCacheOptions { SizeLimit = Remembered });

    /// <summary>
    /// The rarest word of a search; null if all are common. Then also how many users are to be read in the order of the query before those of a word
    /// are looked up all the same: in the order of names, those with a given initial can be far away, and some words never meet.
    /// </summary>
    /// <param name="rows">How many users are wanted.</param>
    /// <param name="look">How many entries the index has for each word, as far as a limit.</param>
    /// <param name="countUsers">About how many users there are.</param>
    public async Task<(string? Rarest, int Reach)> FindAsync(
        IReadOnlyList<string> search, int rows, Func<int, Task<IReadOnlyList<long>>> look, Func<Task<long>> countUsers)
    {
        var key = (string.Join(' ', search), rows);
        if (_common.TryGetValue(key, out int remembered)) return (null, remembered);
        if (await FindBelowAsync(Rare) is { } rare) return (rare, 0);
        // n entries are n users to look up, and in the order of the query, rows * users / n are read: this n has as many of both
        var even = (int)Math.Min(LongestLook, Math.Sqrt((double)rows * await countUsers()));
        if (even > Rare && await FindBelowAsync(even) is { } rarer) return (rarer, 0);
        var reach = ReachInLooks * even;
        _common.Set(key, reach, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembering });
        return (null, reach);

        async Task<string?> FindBelowAsync(int limit)
        {
            var (rarest, entries) = search.Zip(await look(limit)).MinBy(word => word.Second);
            return entries < limit ? rarest : null;
        }
    }

    public void Dispose() => _common.Dispose();
}
