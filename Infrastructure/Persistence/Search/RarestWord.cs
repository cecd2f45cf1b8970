using Microsoft.Extensions.Caching.Memory;

namespace CleanUsers.Infrastructure.Persistence.Search;

/// <summary>
/// Which word of a search names the users to look at. A look at the index finds out, reading a limited number of entries a word, how common each is.
/// With the rarest, a search for ten of a million reads about ten; where all are common, the users are read in the order of the query, and a page
/// is soon full.
/// </summary>
/// <remarks>
/// Searches whose words are all common are remembered for a minute, since most are for a first letter. What a search finds does not depend on it.
/// </remarks>
internal sealed class RarestWord : IDisposable
{
    /// <summary>How many entries of the index make a word a common one.</summary>
    private const int Common = 1000;

    /// <summary>The same for a search of several words, which may meet rarely: then many users are read before a page is full.</summary>
    private const int CommonAmongSeveral = 5000;

    /// <summary>In searches.</summary>
    private const int Remembered = 1000;

    private static readonly TimeSpan Remembering = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _common = new(new MemoryCacheOptions { SizeLimit = Remembered });

    /// <summary>The rarest word of a search; null if all are common.</summary>
    /// <param name="look">How many entries the index has for each word, as far as a limit.</param>
    public async Task<string?> FindAsync(IReadOnlyList<string> search, Func<int, Task<IReadOnlyList<long>>> look)
    {
        var text = string.Join(' ', search);
        if (_common.TryGetValue(text, out _)) return null;
        foreach (var limit in search.Count == 1 ? [Common] : (int[])[Common, CommonAmongSeveral])
        {
            var (rarest, entries) = search.Zip(await look(limit)).MinBy(word => word.Second);
            if (entries < limit) return rarest;
        }

        _common.Set(text, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembering });
        return null;
    }

    public void Dispose() => _common.Dispose();
}
