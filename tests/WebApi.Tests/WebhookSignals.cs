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
