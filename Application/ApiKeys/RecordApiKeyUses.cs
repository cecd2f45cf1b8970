using CleanUsers.Application.Ports;

namespace CleanUsers.Application.ApiKeys;

/// <summary>Records when keys were used, at most once a minute each, also where several processes do so.</summary>
public sealed class RecordApiKeyUses(IApiKeyRepository keys, ApiKeyUses uses)
{
    public async Task ExecuteAsync(CancellationToken ct)
    {
        foreach (var use in uses.ToList())
        {
            // if another write came first, it recorded a use, or the next use is recorded
            if (await keys.FindToChangeAsync(use.Key, ct) is { } key && key.Use(use.Value)) await keys.TryUpdateAsync(ct);
            uses.Remove(use);
        }
    }
}
