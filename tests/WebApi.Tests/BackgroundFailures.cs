using CleanUsers.Application.Changes;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Webhooks;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using NSubstitute;

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
        using var service = new Failing(_ => exception, clock, NullLogger<PeriodicService>.Instance);
        await service.StartAsync(TestContext.Current.CancellationToken);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (var run = 1; run <= 3; run++)
            while (!await service.Runs.WaitAsync(TimeSpan.FromMilliseconds(10), timeout.Token)) clock.Advance(TimeSpan.FromSeconds(1));

        await service.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(service.ExecuteTask!.IsCompletedSuccessfully || service.ExecuteTask.IsCanceled);
    }

    [Fact]
    public async Task Error_that_repeats_is_logged_once_a_minute_and_another_one_or_one_after_a_success_at_once()
    {
        const int Runs = 73;
        var clock = new FakeTimeProvider();
        var log = new Log();
        using var service = new Failing(run => run switch { <= 70 => new IOException(), 72 => null, _ => new FormatException() }, clock, log);
        log.Run = () => service.Run;
        await service.StartAsync(TestContext.Current.CancellationToken);
        // until it has its timer
        while (!await service.Runs.WaitAsync(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken))
            clock.Advance(TimeSpan.FromSeconds(1));
        for (var run = 2; run <= Runs; run++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await service.Runs.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        }

        await service.StopAsync(TestContext.Current.CancellationToken);
        var repeated = log.Runs[1]; // a minute later: a run may see the time of the next one, and the second one that of the first
        Assert.InRange(repeated, 60, 63);
        Assert.Equal([1, repeated, 71, 73], log.Runs);
    }

    [Fact]
    public async Task Webhook_whose_delivery_fails_unexpectedly_is_tried_again_after_a_pause_and_logged_once_a_minute()
    {
        var (clock, log, feed, webhooks) = (new FakeTimeProvider(), new Log(), new FeedSignal(), Substitute.For<IWebhookRepository>());
        var attempts = 0;
        feed.Reach(1);
        webhooks.ListProgressAsync(0, default).ReturnsForAnyArgs([new WebhookProgress(7, 0, default, default, null, null)]);
        webhooks.FindToChangeAsync(7, Arg.Any<CancellationToken>()).Returns<Webhook?>(_ =>
        {
            Interlocked.Increment(ref attempts);
            throw new IOException();
        });
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock).AddSingleton<IDatabase>(new Available()).AddSingleton(webhooks)
            .AddSingleton(Substitute.For<IChangeFeed>()).AddSingleton(Substitute.For<IWebhookSender>()).AddSingleton(Substitute.For<ICaller>())
            .AddTransient<FindDueWebhooks>().AddTransient<DeliverToWebhook>().BuildServiceProvider();
        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        using var service = new WebhookDelivery(
            feed, new(), Options.Create(new WebhookOptions()), new(scopes, clock, log), NullLogger<WebhookDelivery>.Instance);

        await service.StartAsync(TestContext.Current.CancellationToken);
        for (var time = TimeSpan.Zero; time < TimeSpan.FromSeconds(55); time += TimeSpan.FromMilliseconds(250))
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(5, TestContext.Current.CancellationToken); // real time, for the tasks to run
        }

        await service.StopAsync(TestContext.Current.CancellationToken);
        Assert.InRange(attempts, 2, 12);
        Assert.Single(log.Runs);
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

    private sealed class Failing(Func<int, Exception?> fail, TimeProvider clock, ILogger<PeriodicService> log)
        : PeriodicService("failing", TimeSpan.FromSeconds(1), new Host(Scopes(), clock, log))
    {
        public int Run { get; private set; }

        public SemaphoreSlim Runs { get; } = new(0);

        public override void Dispose()
        {
            Runs.Dispose();
            base.Dispose();
        }

        protected override Task RunOnceAsync(IServiceProvider services, CancellationToken ct)
        {
            var exception = fail(++Run);
            Runs.Release();
            return exception is null ? Task.CompletedTask : Task.FromException(exception);
        }

        private static IServiceScopeFactory Scopes() =>
            new ServiceCollection().AddSingleton<IDatabase>(new Available()).BuildServiceProvider().GetRequiredService<IServiceScopeFactory>();
    }

    /// <summary>Records in which runs something is logged.</summary>
    private sealed class Log : ILogger<PeriodicService>
    {
        public List<int> Runs { get; } = [];

        public Func<int> Run { get; set; } = () => 0;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Runs.Add(Run());

        bool ILogger.IsEnabled(LogLevel logLevel) => true;

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;
    }

    private sealed class Available : IDatabase
    {
        public Task<DatabaseState> CheckAsync(CancellationToken ct) => Task.FromResult(DatabaseState.Ready);

        public Task MigrateAsync(CancellationToken ct) => Task.CompletedTask;

        public Task FindPrimaryAsync(CancellationToken ct) => Task.CompletedTask;

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
