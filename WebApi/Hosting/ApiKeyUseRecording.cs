using CleanUsers.Application.ApiKeys;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Records, every second, the uses of API keys that were noticed. Without a use there is no query.</summary>
internal sealed class ApiKeyUseRecording(PeriodicService.Host host)
    : PeriodicService("recording the uses of API keys", TimeSpan.FromSeconds(1), host)
{
    protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<RecordApiKeyUses>().ExecuteAsync(ct);
}
