using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CleanUsers.Application.Changes;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.Ports;
using CleanUsers.Domain.Webhooks;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Hosting;

/// <summary>
/// Sends changes to webhooks. Four times a second it looks, in memory, whether the feed has grown or an attempt is due; only then it queries which
/// webhooks have something to send. Each of them is served by a task of its own, so that a slow receiver delays no other.
/// </summary>
internal sealed partial class WebhookDelivery : PeriodicService
{
    /// <summary>When it queries in any case: what another replica has changed is not noticed here.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>After an unexpected exception; what the receiver does wrong is no exception, and its pauses are those of the webhook.</summary>
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(5);

    private readonly Meter _meter = new("CleanUsers.Webhooks");
    private readonly Counter<long> _failures;
    private readonly FeedSignal _feed;
    private readonly WebhookSignal _changed;
    private readonly TimeProvider _clock;
    private readonly ILogger<WebhookDelivery> _logger;
    private readonly int _maxConcurrency;
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private IReadOnlyList<WebhookProgress> _active = [];
    private long _end;
    private long _queriedAt;
    private TimeSpan _pause;

    public WebhookDelivery(
        FeedSignal feed, WebhookSignal changed, IOptions<WebhookOptions> options, Host host, ILogger<WebhookDelivery> logger)
        : base("sending changes to webhooks", TimeSpan.FromMilliseconds(250), host)
    {
        (_feed, _changed, _clock, _logger, _maxConcurrency) = (feed, changed, host.Clock, logger, options.Value.MaxConcurrency);
        _failures = _meter.CreateCounter<long>(
            "cleanusers.webhooks.failures", "{attempt}", "Attempts to deliver an event to a webhook that failed.");
        _meter.CreateObservableGauge(
            "cleanusers.webhooks.lag.changes", Lags, "{change}", "Changes that a webhook has not got yet, of all kinds.");
        _meter.CreateObservableGauge("cleanusers.webhooks.lag", Delays, "s", "For how long the next change of a webhook has been waiting.");
    }

    /// <summary>Waits for the attempts that are being made: an event whose outcome is not recorded would be sent again.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task RunOnceAsync(IServiceProvider services, CancellationToken ct)
    {
        var end = _feed.Position;
        if (!_changed.Take() && end == _end && _clock.GetElapsedTime(_queriedAt) < _pause) return;
        _pause = default; // unless the query succeeds
        var due = await services.GetRequiredService<FindDueWebhooks>().ExecuteAsync(end, ct);
        _active = due.Active;
        _failures.Add(0); // so that the metric exists before the first failure
        var ids = due.Ids.Where(id => !_running.ContainsKey(id)).ToList();
        foreach (var id in ids.TakeWhile(_ => _running.Count < _maxConcurrency)) Start(id, ct);

        _end = end;
        _queriedAt = _clock.GetTimestamp(); // the clock may be set back
        // those for which there is no room get their turn when a task ends, which wakes this service
        _pause = due.NextDueAt - _clock.GetUtcNow() is { } pause && pause < LongestPause ? pause : LongestPause;
    }

    private void Start(long id, CancellationToken ct)
    {
        var task = new Task<Task>(() => DeliverBatchAsync(id, ct), CancellationToken.None);
        _running[id] = task.Unwrap();
        task.Start(TaskScheduler.Default);
    }

    private async Task DeliverBatchAsync(long id, CancellationToken ct)
    {
        try
        {
            var hasSucceeded = await RunOrLogAsync($"sending changes to webhook {id}", token => DeliverAsync(id, token), ct);
            if (!hasSucceeded) await Task.Delay(PauseAfterError, _clock, ct);
        }
        finally
        {
            _running.TryRemove(id, out _);
            _changed.Wake();
        }
    }

    private async Task DeliverAsync(long id, CancellationToken ct)
    {
        var batch = await InScopeAsync<DeliverToWebhook, WebhookBatch?>(deliver => deliver.ExecuteAsync(id, ct));
        if (batch is not null) Report(id, batch);
    }

    private void Report(long id, WebhookBatch batch)
    {
        if (batch.Failed is not null) _failures.Add(1, Label(id));
        if (batch.Webhook is { Status: WebhookStatus.Disabled, DisabledReason: { } reason }) LogDisabled(_logger, id, reason);
        else if (batch.Failed is { } failed) LogPostponed(_logger, id, failed.Reason);
    }

    private IEnumerable<Measurement<long>> Lags() =>
        _active.Select(webhook => new Measurement<long>(Math.Max(_feed.Position - webhook.Position, 0), Label(webhook.Id)));

    private IEnumerable<Measurement<double>> Delays()
    {
        var now = _clock.GetUtcNow();
        return _active.Select(webhook => new Measurement<double>(DelayOf(webhook, now), Label(webhook.Id)));

        // not negative: a clock may have been ahead when the change was made
        static double DelayOf(WebhookProgress webhook, DateTimeOffset now) => webhook.NextAt is { } next
            ? Math.Max((now - (next > webhook.CaughtUpAt ? next : webhook.CaughtUpAt)).TotalSeconds, 0)
            : 0;
    }

    private static KeyValuePair<string, object?> Label(long id) => new("webhook", id);

    [LoggerMessage(LogLevel.Warning, "An event could not be delivered to webhook {Id} and will be sent again: {Reason}")]
    private static partial void LogPostponed(ILogger logger, long id, string reason);

    [LoggerMessage(LogLevel.Warning, "Webhook {Id} is disabled: {Reason}")]
    private static partial void LogDisabled(ILogger logger, long id, string reason);
}
