using System.Diagnostics.Metrics;
using CleanUsers.Application.Changes;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace CleanUsers.WebApi.Tests;

/// <summary>The metric <c>cleanusers.webhooks.lag</c>: for how long the next change of a webhook has been waiting.</summary>
public sealed class WebhookLag
{
    /// <summary>No other test has it: a listener gets the metrics of every service in this process.</summary>
    private const long Id = 7_000_000_007;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-60, -20, 20)]
    [InlineData(-20, -60, 20)] // a client has set the position: the change was made before
    [InlineData(-60, null, 0)]
    [InlineData(-60, 5, 0)] // the clock was ahead when the change was made
    [InlineData(5, -60, 0)]
    public async Task Lag_is_the_time_since_the_later_of_the_next_change_and_the_last_end_of_the_feed(int caughtUp, int? next, double lag)
    {
        var (clock, webhooks) = (new FakeTimeProvider(Now.AddDays(-1)), Substitute.For<IWebhookRepository>());
        webhooks.ListProgressAsync(0, default).ReturnsForAnyArgs(
            [new WebhookProgress(Id, 0, Now.AddSeconds(caughtUp), null, null, next is { } seconds ? Now.AddSeconds(seconds) : null)]);
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock).AddSingleton(webhooks).AddTransient<FindDueWebhooks>().BuildServiceProvider();
        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        using var service = new WebhookDelivery(
            new FeedSignal(), new(), Options.Create(new WebhookOptions()), new(scopes, clock, NullLogger<PeriodicService>.Instance),
            NullLogger<WebhookDelivery>.Instance);

        await service.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; Lag() is null; i++, await Task.Delay(5, TestContext.Current.CancellationToken)) // until it has queried them
        {
            Assert.InRange(i, 0, 1000);
            clock.Advance(TimeSpan.FromMilliseconds(250));
        }

        clock.SetUtcNow(Now);
        Assert.Equal(lag, Lag());
        await service.StopAsync(TestContext.Current.CancellationToken);
    }

    private static double? Lag()
    {
        double? lag = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "cleanusers.webhooks.lag") own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, labels, _) =>
        {
            if (labels[0].Value is Id) lag = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return lag;
    }
}
