using System.Globalization;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.ApiKeys;

namespace CleanUsers.Application.ApiKeys;

/// <summary>A key that is valid.</summary>
/// <param name="Scope">All scopes, with a space between them.</param>
/// <param name="IsAnonymous">See <see cref="ApiKey.IsAnonymous"/>.</param>
public sealed record AuthenticatedKey(long Id, string Scope, bool IsAnonymous)
{
    /// <summary>What the subjects of API keys begin with.</summary>
    public const string SubjectPrefix = "key:";

    /// <summary>Who did what the key was used for.</summary>
    public string Subject { get; } = string.Create(CultureInfo.InvariantCulture, $"{SubjectPrefix}{Id}");
}

/// <summary>Looks up a key that <see cref="ApiKeyCache"/> does not remember: one query.</summary>
public sealed class AuthenticateApiKey(IApiKeyRepository keys, ApiKeyCache cache, ApiKeyUses uses, TimeProvider clock)
{
    /// <returns>Null if the key is unknown, revoked or expired.</returns>
    public async Task<AuthenticatedKey?> ExecuteAsync(string digest, CancellationToken ct)
    {
        var forgotten = cache.Forgotten;
        var (key, now) = (await keys.GetByDigestAsync(digest, ct), clock.GetUtcNow());
        if (key is null || key.ExpiryOf(digest) <= now) return null;
        if (key.IsUseDue(now)) uses.Add(key.Id, now);
        var found = new AuthenticatedKey(key.Id, key.Scope, key.IsAnonymous);
        cache.Add(digest, found, key.ExpiryOf(digest), forgotten);
        return found;
    }
}
