using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

public sealed class Dashboard
{
    /// <summary>Metrics that the embedded database does not have: they are those of PostgreSQL's connection pool.</summary>
    private static readonly string[] Elsewhere = [
        "db_client_connection_count", "db_client_connection_npgsql_pending_requests", "db_client_connection_state"];

    [Fact(Timeout = 300_000)]
    public async Task Every_metric_and_label_of_the_dashboard_exists()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync();
        (await service.SendAsync("POST", "/api/v1/webhooks", """{"url":"https://webhooks.invalid/"}""")).Is(201);
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"one@example.org"}""")).Is(201);
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"one@example.org"}""")).Is(409);
        // the metric of waiting emails appears after two seconds, those of webhooks once the worker has seen the webhook
        var metrics = "";
        while (!metrics.Contains("cleanusers_emails_waiting", StringComparison.Ordinal)
            || !metrics.Contains("cleanusers_webhooks_lag_changes", StringComparison.Ordinal)
            || !metrics.Contains("cleanusers_webhooks_lag_seconds", StringComparison.Ordinal))
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            metrics = (await service.SendAsync("GET", "/metrics")).Is(200).Body;
        }

        var file = Repository.PathOf("deploy", "grafana", "cleanusers.json");
        var queries = Queries(JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!).ToList();
        Assert.True(queries.Count > 20, $"{queries.Count} queries");
        foreach (var name in queries.SelectMany(Names).Distinct().Except(Elsewhere))
        {
            Assert.True(
                Regex.IsMatch(metrics, $"(?m)^{name}[{{ ]|[{{,]{name}=\"", RegexOptions.None, TimeSpan.FromSeconds(30)),
                $"{name} is not in /metrics");
        }
    }

    private static IEnumerable<string> Queries(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            member.Key is "expr" or "query" && member.Value is JsonValue text && text.TryGetValue<string>(out var query) ? [query]
                : member.Value is null ? [] : Queries(member.Value)),
        JsonArray items => items.SelectMany(item => Queries(item!)),
        _ => [],
    };

    // metrics and labels have an underscore in their names; of PromQL's own words only these do
    private static IEnumerable<string> Names(string query) => Regex
        .Matches(query, @"(?<![$\w])[a-z]+(_[a-z]+)+", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(30))
        .Select(name => name.Value)
        .Where(name => name is not ("histogram_quantile" or "label_values"));
}
