using System.Text;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>What the service sends to the addresses in its configuration.</summary>
public sealed class OutboundTelemetry
{
    [Fact]
    public async Task Exported_traces_and_metrics_have_no_personal_data()
    {
        LongTest.SkipUnlessDemanded();
        await using var collector = await TelemetryCollector.StartAsync();
        using var service = await RunningService.StartAsync(
            $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"grace@outbound.example","name":"Hopper"}""")).Is(201);
        (await service.SendAsync("GET", "/api/v1/users?q=hopper&email=grace@outbound.example")).Is(200);
        var missing = (await service.SendAsync("GET", "/api/v1/users/grace@outbound.example?q=hopper")).Is(404);
        service.Terminate();
        Assert.Equal(0, await service.EndAsync(TimeSpan.FromSeconds(30)));

        var traces = string.Concat(collector.Received.Where(sent => sent.Path == "/v1/traces").Select(sent => sent.Text));
        var metrics = string.Concat(collector.Received.Where(sent => sent.Path == "/v1/metrics").Select(sent => sent.Text));
        Assert.Contains("api/v1/users", traces, StringComparison.Ordinal);
        Assert.Contains("CleanUsers.Database", traces, StringComparison.Ordinal);
        Assert.Contains(Encoding.Latin1.GetString(Convert.FromHexString(missing["traceId"].GetString()!)), traces, StringComparison.Ordinal);
        Assert.Contains("cleanusers.users.created", metrics, StringComparison.Ordinal);
        HasNothingPersonal(traces + metrics);
    }

    [Fact]
    public async Task Sentry_reports_have_no_personal_data()
    {
        LongTest.SkipUnlessDemanded();
        await using var collector = await TelemetryCollector.StartAsync();
        var dsn = new UriBuilder(collector.Address) { UserName = "key", Path = "/7" };
        using var service = await RunningService.StartAsync($"Sentry:Dsn={dsn.Uri}");
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"grace@outbound.example","name":"Hopper"}""")).Is(201);
        service.BreakDatabase();
        var failed = (await service.SendAsync("GET", "/api/v1/users?q=hopper&email=grace@outbound.example", null, ("From", "grace@outbound.example")))
            .Is(503);
        (await service.SendAsync("GET", "/api/v1/users/grace@outbound.example?q=hopper")).Is(404);
        service.Terminate();
        Assert.Equal(0, await service.EndAsync(TimeSpan.FromSeconds(30)));

        var reports = string.Concat(collector.Received.Where(sent => sent.Path == "/api/7/envelope/").Select(sent => sent.Text));
        Assert.Contains("SqliteException", reports, StringComparison.Ordinal);
        Assert.Contains(failed["traceId"].GetString()!, reports, StringComparison.Ordinal);
        HasNothingPersonal(reports);
    }

    private static void HasNothingPersonal(string sent)
    {
        foreach (var personal in (string[])["outbound.example", "hopper"]) Assert.DoesNotContain(personal, sent, StringComparison.OrdinalIgnoreCase);
    }
}
