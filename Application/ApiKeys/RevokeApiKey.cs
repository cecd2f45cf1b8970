using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;

namespace CleanUsers.Application.ApiKeys;

public sealed record RevokeApiKeyCommand(long Id, VersionCondition Condition);

/// <summary>
/// Removes a key for good. This process rejects it from now on; other processes, once they no longer remember it (<see cref="ApiKeyCacheTime"/>).
/// </summary>
public sealed class RevokeApiKey(IApiKeyRepository keys, ApiKeyCache cache)
{
    /// <returns>Nothing, or <c>not-found</c>, <c>version-mismatch</c>.</returns>
    public async Task<Result> ExecuteAsync(RevokeApiKeyCommand command, CancellationToken ct)
    {
        var revoked = await keys.ChangeAsync(command.Id, command.Condition, _ => null, key => keys.TryDeleteAsync(key, ct), ct);
        if (revoked.IsSuccess) cache.Forget(command.Id);
        return revoked.Map();
    }
}
