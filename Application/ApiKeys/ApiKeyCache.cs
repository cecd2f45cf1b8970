using System.Collections.Concurrent;

namespace CleanUsers.Application.ApiKeys;

/// <summary>For how long a valid key is remembered: how late other processes notice a revocation.</summary>
/// <param name="Time">Zero looks each key up for each request.</param>
public sealed record ApiKeyCacheTime(TimeSpan Time);

/// <summary>
/// Valid keys that were looked up a moment ago, by their digests. Only valid ones, so that a flood of others takes no memory. This process forgets a
/// key at once when it revokes or rotates it.
/// </summary>
public sealed class ApiKeyCache(ApiKeyCacheTime memory, TimeProvider clock)
{
    /// <summary>About 5 MB. If there are more, all are looked up again.</summary>
    internal const int MaxKeys = 10_000;

    private readonly ConcurrentDictionary<string, (AuthenticatedKey Key, DateTimeOffset Expiry, long At)> _keys = new(StringComparer.Ordinal);

    // how often a key was forgotten
    private long _forgotten;

    internal int Count => _keys.Count;

    /// <summary>To be read before a key is looked up, see <see cref="Add"/>.</summary>
    internal long Forgotten => Volatile.Read(ref _forgotten);

    /// <returns>Null if the key is not remembered, or no longer valid.</returns>
    public AuthenticatedKey? Find(string digest) =>
        _keys.TryGetValue(digest, out var found) && clock.GetElapsedTime(found.At) < memory.Time && clock.GetUtcNow() < found.Expiry
            ? found.Key
            : null;

    /// <param name="digest">Of the key.</param>
    /// <param name="key">What was found.</param>
    /// <param name="expiry">When it is no longer valid.</param>
    /// <param name="forgotten">
    /// <see cref="Forgotten"/> before the look-up: if a key was forgotten since, this one may have been revoked after it was read.
    /// </param>
    internal void Add(string digest, AuthenticatedKey key, DateTimeOffset expiry, long forgotten)
    {
        if (memory.Time <= TimeSpan.Zero) return;
        if (_keys.Count >= MaxKeys) _keys.Clear();
        _keys[digest] = (key, expiry, clock.GetTimestamp());
        if (Forgotten != forgotten) _keys.TryRemove(digest, out _);
    }

    internal void Forget(long id)
    {
        Interlocked.Increment(ref _forgotten);
        foreach (var (digest, found) in _keys)
            if (found.Key.Id == id) _keys.TryRemove(digest, out _);
    }
}
