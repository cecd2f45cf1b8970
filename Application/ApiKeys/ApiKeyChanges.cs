using Ardalis.Result;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.Domain.ApiKeys;

namespace CleanUsers.Application.ApiKeys;

/// <summary>How every use case that changes an API key goes about it.</summary>
internal static class ApiKeyChanges
{
    /// <summary>The failure of a caller that would get a key with scopes that it does not have itself; null if it has all.</summary>
    public static Result? Lacking(this ICaller caller, IEnumerable<string> scopes) =>
        scopes.Where(scope => !caller.Has(scope)).ToList() is { Count: > 0 } lacking ? Failure.ScopesLacking(lacking) : null;

    /// <summary>
    /// Finds, checks, changes and saves. If another write came between, such as that of its last use, it starts again on the new state.
    /// </summary>
    /// <param name="change">Makes the change; returns why it can't be made, or null.</param>
    /// <param name="trySave">Saves; false if another write came first.</param>
    /// <returns>The key as it is now, or <c>not-found</c>, <c>version-mismatch</c>, or why the change can't be made.</returns>
    public static async Task<Result<ApiKey>> ChangeAsync(
        this IApiKeyRepository keys, long id, VersionCondition condition, Func<ApiKey, Result?> change, Func<ApiKey, Task<bool>> trySave,
        CancellationToken ct)
    {
        while (true)
        {
            var key = await keys.FindToChangeAsync(id, ct);
            if (key is null) return Failure.ApiKeyNotFound(id);
            if (!condition.Holds(key.Version)) return Failure.VersionMismatch("API key", key.Version);
            if (change(key) is { } failure) return failure;
            if (await trySave(key)) return key;
        }
    }
}
