using System.Collections.Concurrent;

namespace CleanUsers.Application.ApiKeys;

/// <summary>
/// The uses of keys that are to be recorded, noticed when keys are looked up. A request does not wait for the write, and does not fail with it. There
/// are at most as many as keys.
/// </summary>
public sealed class ApiKeyUses
{
    private readonly ConcurrentDictionary<long, DateTimeOffset> _latest = new();

    internal void Add(long id, DateTimeOffset at) => _latest[id] = at;

    internal IReadOnlyList<KeyValuePair<long, DateTimeOffset>> ToList() => [.. _latest];

    /// <summary>Removes a use that was recorded. A later use of the same key stays.</summary>
    internal void Remove(KeyValuePair<long, DateTimeOffset> use) => _latest.TryRemove(use);
}
