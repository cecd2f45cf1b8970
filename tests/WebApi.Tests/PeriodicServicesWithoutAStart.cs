using CleanUsers.WebApi.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.WebApi.Tests;

/// <summary>A host that can't start, since its port is in use, disposes of its background services without stopping them.</summary>
public sealed class PeriodicServicesWithoutAStart
{
    /// <summary>The host would report a critical error of the service, in place of the reason why it could not start.</summary>
    [Fact]
    public async Task A_service_that_is_disposed_of_has_not_failed()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var clock = new FakeTimeProvider();
        var service = new Idle(new PeriodicService.Host(
            services.GetRequiredService<IServiceScopeFactory>(), clock, NullLogger<PeriodicService>.Instance));
        await service.StartAsync(TestContext.Current.CancellationToken);
        while (!service.HasRun.Task.IsCompleted) // so that it waits for its next run
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        service.Dispose();
        await service.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    private sealed class Idle(PeriodicService.Host host) : PeriodicService("idling", TimeSpan.FromSeconds(1), host)
    {
        public TaskCompletionSource HasRun { get; } = new();

        protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct)
        {
            HasRun.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
