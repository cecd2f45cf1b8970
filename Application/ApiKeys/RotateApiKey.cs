using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;

namespace CleanUsers.Application.ApiKeys;

/// <summary>
/// Replaces a key, with the same id, scopes and expiry. The one before is valid too for a while, so that the client can change in between.
/// </summary>
public sealed class RotateApiKey(IApiKeyRepository keys, ApiKeyCache cache, ICaller caller, TimeProvider clock)
{
    /// <returns>The new key, or <c>not-found</c>, <c>forbidden</c>, <c>api-key-expired</c>.</returns>
    public async Task<Result<RotatedApiKeyDto>> ExecuteAsync(long id, CancellationToken ct)
    {
        var text = ApiKeyText.Create();
        var rotated = await keys.ChangeAsync(
            id, VersionCondition.None,
            key => caller.Lacking(key.Scopes)
                ?? (key.Rotate(ApiKeyText.ToStore(text), clock.GetUtcNow(), caller.Name, caller.IsAnonymous) ? null : Failure.ApiKeyExpired(id)),
            _ => keys.TryUpdateAsync(ct), ct);
        if (rotated.IsSuccess) cache.Forget(id); // the key before the previous one is no longer valid
        return rotated.Map(key => new RotatedApiKeyDto(text, key.ExpiryOf(key.PreviousDigest!)));
    }
}
