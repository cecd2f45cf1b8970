using CleanUsers.Domain.ApiKeys;

namespace CleanUsers.Application.Ports;

/// <summary>API keys.</summary>
public interface IApiKeyRepository
{
    /// <summary>The key to look at; null if it does not exist.</summary>
    Task<ApiKey?> GetAsync(long id, CancellationToken ct);

    /// <summary>The key whose current digest, or the one before, this is; to look at. One query by unique indexes.</summary>
    Task<ApiKey?> GetByDigestAsync(string digest, CancellationToken ct);

    /// <summary>At most so many keys, newest first, with lower ids than one; to look at.</summary>
    Task<IReadOnlyList<ApiKey>> ListAsync(long? before, int limit, CancellationToken ct);

    /// <summary>Adds a new key and gives it its id.</summary>
    Task AddAsync(ApiKey key, CancellationToken ct);

    /// <summary>The key, tracked; null if it does not exist.</summary>
    Task<ApiKey?> FindToChangeAsync(long id, CancellationToken ct);

    /// <summary>Writes what was changed of the key found.</summary>
    /// <returns>False if another write came first; nothing is written, and the key is stale: find it again.</returns>
    Task<bool> TryUpdateAsync(CancellationToken ct);

    /// <summary>Removes the key.</summary>
    /// <returns>False if another write came first; nothing is removed, and the key is stale: find it again.</returns>
    Task<bool> TryDeleteAsync(ApiKey key, CancellationToken ct);
}
