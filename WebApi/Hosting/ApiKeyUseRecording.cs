using CleanUsers.Application.ApiKeys;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Records, every second, the uses of API keys that were noticed. Without a use there is no query.</summary>
internal sealed class ApiKeyUseRecording(IServiceScopeFactory scopes, PeriodicService.Host host)
    : PeriodicService("recording the uses of API keys", TimeSpan.FromSeconds(1), host)
{
    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RecordApiKeyUses>().ExecuteAsync(ct);
    }
}
