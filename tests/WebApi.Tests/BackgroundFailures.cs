using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace CleanUsers.WebApi.Tests;

/// <summary>A background service fails with any exception: the other services and the requests continue.</summary>
public sealed class BackgroundFailures
{
    public static TheoryData<Exception> Exceptions =>
    [
        new InvalidOperationException(), new TimeoutException(), new TaskCanceledException(), new OperationCanceledException(),
        new AggregateException(new FormatException()), new IOException(), new SqliteException("x", 1),
        new PostgresException("x", "ERROR", "ERROR", "42501"),
        new MailKit.ServiceNotAuthenticatedException("530"),
    ];

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public async Task Periodic_service_continues_after_every_exception(Exception exception)
    {
        var clock = new FakeTimeProvider();
        using var service = new Failing(exception, clock);
        await service.StartAsync(TestContext.Current.CancellationToken);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var run = 1; run <= 3; run++)
            while (!await service.Runs.WaitAsync(TimeSpan.FromMilliseconds(10), timeout.Token)) clock.Advance(TimeSpan.FromSeconds(1));

        await service.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(service.ExecuteTask!.IsCompletedSuccessfully || service.ExecuteTask.IsCanceled);
    }

    /// <summary>Otherwise the host would return as after an orderly shutdown, and the process would exit with 0.</summary>
    [Fact]
    public async Task Exception_that_stops_the_host_is_thrown_after_shutdown()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddHostedService<Ending>();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => builder.Build().RunUntilShutdownAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("The end.", exception.Message);
    }

    private sealed class Failing(Exception exception, TimeProvider clock)
        : PeriodicService("failing", TimeSpan.FromSeconds(1), new Host(Scopes(), clock, NullLogger<PeriodicService>.Instance))
    {
        public SemaphoreSlim Runs { get; } = new(0);

        public override void Dispose()
        {
            Runs.Dispose();
            base.Dispose();
        }

        protected override Task RunOnceAsync(CancellationToken ct)
        {
            Runs.Release();
            return Task.FromException(exception);
        }

        private static IServiceScopeFactory Scopes() =>
            new ServiceCollection().AddSingleton<IDatabase>(new Available()).BuildServiceProvider().GetRequiredService<IServiceScopeFactory>();
    }

    private sealed class Available : IDatabase
    {
        public Task<DatabaseState> CheckAsync(CancellationToken ct) => Task.FromResult(DatabaseState.Ready);

        public Task MigrateAsync(CancellationToken ct) => Task.CompletedTask;

        public Task<string?> FindAdviceAsync(CancellationToken ct) => Task.FromResult<string?>(null);

        public bool IsUnavailable(Exception exception) => exception is TimeoutException;
    }

    private sealed class Ending : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("The end.");
        }
    }
}
