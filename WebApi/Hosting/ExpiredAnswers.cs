using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Hosting;

/// <summary>Forgets, every ten minutes, the answers whose idempotency keys have expired.</summary>
internal sealed class ExpiredAnswers(IServiceScopeFactory scopes, Recurring recurring) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        recurring.RunAsync("forgetting idempotency keys", TimeSpan.FromMinutes(10), ForgetAsync, stoppingToken);

    private async Task ForgetAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IIdempotencyStore>().DeleteExpiredAsync(ct);
    }
}
