using System.Security.Cryptography;
using System.Text;

namespace CleanUsers.Application.Scim;

/// <summary>
/// Where callers are in lists that they read page by page. The next page then begins after a user instead of at a number, and costs what the first
/// one costs. Without a place, in another process or after its time, a page is found by its number: the response is right, and costs more.
/// </summary>
public sealed class ScimWalks(TimeProvider clock)
{
    internal const int MaxWalks = 1000;

    /// <summary>Of a walk: several processes take turns in one, and a client may read a page again.</summary>
    internal const int MaxPlaces = 8;

    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Walk> _walks = new(StringComparer.Ordinal);

    /// <summary>A digest, so that all keys have one size.</summary>
    internal static string Key(string caller, string filter) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.Length}:{caller}{filter}")));

    /// <summary>The last known place that is not beyond the number; the beginning if there is none.</summary>
    internal ScimPlace Find(string walk, long index)
    {
        if (index <= 1) return ScimPlace.Beginning; // counts anew
        lock (_lock)
        {
            return _walks.TryGetValue(walk, out var found) && found.Expires > clock.GetUtcNow()
                ? found.Places.Where(place => place.Index <= index).DefaultIfEmpty(ScimPlace.Beginning).MaxBy(place => place.Index)!
                : ScimPlace.Beginning;
        }
    }

    internal void Remember(string walk, ScimPlace place)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (!_walks.TryGetValue(walk, out var found) || found.Expires <= now)
            {
                if (!_walks.ContainsKey(walk) && _walks.Count >= MaxWalks) _walks.Remove(_walks.MinBy(other => other.Value.Expires).Key);
                _walks[walk] = found = new();
            }

            found.Expires = now + Lifetime;
            found.Places.RemoveAll(other => other.Index == place.Index);
            if (found.Places.Count == MaxPlaces) found.Places.RemoveAt(0);
            found.Places.Add(place);
        }
    }

    private sealed class Walk
    {
        public List<ScimPlace> Places { get; } = [];

        public DateTimeOffset Expires { get; set; }
    }
}

/// <param name="Index">The number of the user that follows.</param>
/// <param name="After">The id of the user before it.</param>
/// <param name="Total">How many users there were; null if they were not counted.</param>
internal sealed record ScimPlace(long Index, long After, long? Total)
{
    public static readonly ScimPlace Beginning = new(1, 0, null);
}
