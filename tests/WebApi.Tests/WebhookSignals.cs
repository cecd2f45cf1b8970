using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>What those who operate the service see of webhooks, in a process of its own: metrics are those of a process.</summary>
public sealed class WebhookSignals
{
    [Fact]
    public async Task Failed_attempts_and_lags_are_in_the_metrics_and_nothing_confidential_is_in_the_log()
    {
        LongTest.SkipUnlessDemanded();
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(500));
        using var service = await RunningService.StartAsync("Webhooks:AllowedNetworks=127.0.0.0/8");
        var webhook = (await service.SendAsync("POST", "/api/v1/webhooks", $$"""{"url":"{{receiver.Url}}"}""")).Is(201);
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"ada@example.org"}""")).Is(201);
        (await service.SendAsync("PATCH", "/api/v1/users/1", """{"age":7}""")).Is(200);
        await receiver.WaitAsync(1);
        await UntilAsync(
            service, """failures_total{.*webhook="1".*} 1$""", """lag_changes{.*webhook="1".*} 2$""", """lag_seconds{.*webhook="1".*} [0-9.]+$""");

        receiver.Respond = WebhookReceiver.Status(200);
        await receiver.WaitAsync(3);
        await UntilAsync(
            service, """failures_total{.*webhook="1".*} 1$""", """lag_changes{.*webhook="1".*} 0$""", """lag_seconds{.*webhook="1".*} 0$""");
        foreach (var confidential in (string[])[webhook["secret"].GetString()!, "confidential", "ada@example.org"])
            Assert.DoesNotContain(service.Lines, line => line.Contains(confidential, StringComparison.Ordinal));
    }

    /// <summary>The queries that the service makes without any webhook are at most ten a second: for the feed and for emails.</summary>
    [Fact]
    public async Task Thousand_webhooks_with_nothing_to_deliver_cost_no_queries()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync();
        for (var i = 0; i < 1000; i++)
            (await service.SendAsync("POST", "/api/v1/webhooks", $$"""{"url":"https://{{i}}.example.org/"}""")).Is(201);
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken); // the query of a new webhook
        var (before, start) = (await QueriesAsync(service), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        var queries = await QueriesAsync(service) - before;
        Assert.InRange(queries, 1, 10 * Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task<double> QueriesAsync(RunningService service) => Regex.Matches(
        (await service.SendAsync("GET", "/metrics")).Is(200).Body, "(?m)^db_client_operation_duration_seconds_count.* (?<count>[0-9]+)$",
        RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(30))
        .Sum(series => double.Parse(series.Groups["count"].Value, CultureInfo.InvariantCulture));

    private static async Task UntilAsync(RunningService service, params string[] series)
    {
        var metrics = "";
        for (var i = 0; i < 200; i++, await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            metrics = (await service.SendAsync("GET", "/metrics")).Is(200).Body;
            if (series.All(one => Regex.IsMatch(metrics, $"(?m)^cleanusers_webhooks_{one}", RegexOptions.None, TimeSpan.FromSeconds(30)))) return;
        }

        Assert.Fail(metrics);
    }
}
