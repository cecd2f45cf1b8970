using System.Security.Cryptography;
using System.Text;

namespace CleanUsers.Application.Scim;

/// <summary>
/// Where callers are in lists that they read page by page. The next page then begins after a user instead of at a number, and costs what the first
/// one costs. Without a place, in another process or after its time, a page is found by its number, which costs more, and leaves users out where
/// others before them have been deleted meanwhile.
/// </summary>
public sealed class ScimWalks(TimeProvider clock)
{
    internal const int MaxWalks = 1000;

    /// <summary>Of a walk: several processes take turns in one, a client may read a page again, and two clients may read the same list.</summary>
    internal const int MaxPlaces = 8;

    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();

    // in the order in which the pages were read
    private readonly Dictionary<string, List<(ScimPlace Place, DateTimeOffset Expires)>> _walks = new(StringComparer.Ordinal);

    /// <summary>A digest, so that all keys have one size.</summary>
    internal static string Key(string caller, string filter) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Length}:{caller}{filter}")));

    /// <summary>
    /// The last known place that is not beyond the number, or else the beginning. Where two pages have ended at this number, since users were
    /// deleted between them, the lower id counts: a user is shown twice rather than never.
    /// </summary>
    internal ScimPlace Find(string walk, long index)
    {
        if (index <= 1) return ScimPlace.Beginning; // counts anew
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            return _walks.GetValueOrDefault(walk)?.Where(known => known.Place.Index <= index && known.Expires > now).Select(known => known.Place)
                .OrderByDescending(place => place.Index).ThenBy(place => place.After).FirstOrDefault() ?? ScimPlace.Beginning;
        }
    }

    internal void Remember(string walk, ScimPlace place)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!_walks.TryGetValue(walk, out var places))
            {
                if (_walks.Count >= MaxWalks) _walks.Remove(_walks.MinBy(other => other.Value[^1].Expires).Key);
                _walks[walk] = places = [];
            }

            places.RemoveAll(known => known.Expires <= now || (known.Place.Index == place.Index && known.Place.After == place.After));
            if (places.Count == MaxPlaces) places.RemoveAt(0);
            places.Add((place, now + Lifetime));
        }
    }
}

/// <param name="Index">The number of the user that follows.</param>
/// <param name="After">The id of the user before it.</param>
/// <param name="Total">How many users there were; null if they were not counted.</param>
internal sealed record ScimPlace(long Index, long After, long? Total)
{
    public static readonly ScimPlace Beginning = new(1, 0, null);
}
