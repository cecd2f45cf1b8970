using System.Globalization;
using System.Text.RegularExpressions;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

public sealed class Metrics
{
    [Fact]
    public async Task Users_are_counted_once_after_the_commit()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync();
        Assert.Equal((0, 0, 0, 0), await UsersAsync(service));

        var first = (await service.SendAsync("POST", "/api/v1/users", """{"email":"one@example.org"}""")).Is(201)["id"];
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"one@example.org"}""")).Is(409);
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"none"}""")).Is(400);
        for (var i = 0; i < 3; i++)
            (await service.SendAsync("POST", "/api/v1/users", """{"email":"two@example.org"}""", ("Idempotency-Key", "k"))).Is(201);
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"two@example.org"}""", ("Idempotency-Key", "l"))).Is(409);
        (await service.SendAsync("PATCH", $"/api/v1/users/{first}", """{"age":7}""")).Is(200);
        Assert.Equal((2, 0, 0, 0), await UsersAsync(service));

        (await service.SendAsync("DELETE", $"/api/v1/users/{first}")).Is(204);
        (await service.SendAsync("DELETE", $"/api/v1/users/{first}")).Is(404);
        (await service.SendAsync("PATCH", $"/api/v1/deleted-users/{first}", """{"deleted":false,"email":"two@example.org"}""")).Is(409);
        Assert.Equal((2, 1, 0, 0), await UsersAsync(service));
        (await service.SendAsync("PATCH", $"/api/v1/deleted-users/{first}", """{"deleted":false}""")).Is(200);
        (await service.SendAsync("DELETE", $"/api/v1/users/{first}")).Is(204);
        (await service.SendAsync("DELETE", $"/api/v1/deleted-users/{first}")).Is(204);
        (await service.SendAsync("DELETE", $"/api/v1/deleted-users/{first}")).Is(404);
        Assert.Equal((2, 2, 1, 1), await UsersAsync(service));
    }

    [Fact]
    public async Task Unknown_paths_methods_and_headers_create_no_time_series()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync();
        foreach (var made in (string[])["apple", "banana", "cherry", "damson"])
        {
            (await service.SendAsync("GET", $"/api/v1/{made}")).Is(404);
            (await service.SendAsync("GET", $"/api/v1/users/{made}")).Is(404);
            (await service.SendAsync("GET", $"/api/v{made.Length}/users")).Is(404);
            (await service.SendAsync(made.ToUpperInvariant(), "/health/live")).Is(405);
            (await service.SendAsync("GET", "/health/live", null, ("Host", made + ".example"), ("User-Agent", made))).Is(200);
        }

        var metrics = await ReadAsync(service);
        foreach (var made in (string[])["apple", "banana", "cherry", "damson"])
            Assert.DoesNotContain(made, metrics, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(3, Regex.Count(metrics, "(?m)^http_server_request_duration_seconds_count"));
        Assert.Equal(12, Value(metrics, """http_server_request_duration_seconds_count{.*http_response_status_code="404",network.*}"""));
        Assert.Equal(4, Value(metrics, """http_server_request_duration_seconds_count{.*http_request_method="_OTHER",.*}"""));
    }

    [Fact]
    public async Task Requests_and_database_commands_have_their_own_labels()
    {
        using var service = await RunningService.StartAsync();
        (await service.SendAsync("POST", "/api/v1/users", """{"email":"one@example.org"}""")).Is(201);
        for (var i = 0; i < 5; i++) (await service.SendAsync("GET", "/api/v1/users/1")).Is(200);

        var metrics = await ReadAsync(service);
        Assert.Equal(
            5,
            Value(
                metrics,
                """http_server_request_duration_seconds_count{.*http_request_method="GET",http_response_status_code="200","""
                + "http_route=\"api/v1/users/{id:id}\",.*}"));
        // and those that look for emails
        Assert.InRange(Value(metrics, """db_client_operation_duration_seconds_count{.*db_operation_name="query"}"""), 5, 1000);
    }

    [Fact]
    public async Task Separate_metrics_port_serves_only_metrics()
    {
        LongTest.SkipUnlessDemanded();
        var port = FreePort.Find();
        using var service = await RunningService.StartAsync($"Metrics:Port={port}");
        (await service.SendAsync("GET", "/metrics")).IsProblem(404, "not-found");
        var own = new Uri($"http://127.0.0.1:{port}");
        Assert.Contains(
            "cleanusers_users_created_total", await service.Client.GetStringAsync(new Uri(own, "/metrics"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        foreach (var path in (string[])["/", "/api/v1/users", "/health/live", "/docs", "/metric"])
        {
            using var response = await service.Client.GetAsync(new Uri(own, path), TestContext.Current.CancellationToken);
            Assert.Equal(404, (int)response.StatusCode);
        }
    }

    private static async Task<(int Created, int Deleted, int Restored, int Purged)> UsersAsync(RunningService service)
    {
        var metrics = await ReadAsync(service);
        return (Of("created"), Of("deleted"), Of("restored"), Of("purged"));

        int Of(string what) => Value(metrics, $"cleanusers_users_{what}_total{{.*}}");
    }

    /// <summary>The sum of the series that a pattern finds.</summary>
    private static int Value(string metrics, string series)
    {
        var found = Regex.Matches(metrics, $"(?m)^{series} (?<value>.*)$", RegexOptions.None, TimeSpan.FromSeconds(30));
        Assert.NotEmpty(found);
        return found.Sum(value => int.Parse(value.Groups["value"].Value, CultureInfo.InvariantCulture));
    }

    private static async Task<string> ReadAsync(RunningService service)
    {
        await Task.Delay(400, TestContext.Current.CancellationToken); // responses are the same for 300 ms
        return (await service.SendAsync("GET", "/metrics")).Is(200).Body;
    }
}

public sealed class MetricsAuthorization(Callers.WithTokens service) : IClassFixture<Callers.WithTokens>
{
    [Fact]
    public async Task Metrics_require_the_scope_metrics_read()
    {
        (await service.GetAsync("/metrics")).IsProblem(401, "unauthenticated");
        (await service.GetAsync("/metrics", Bearer("scope", "users.read metrics.reads"))).IsProblem(403, "forbidden");
        (await service.GetAsync("/metrics", Bearer("sub", "metrics.read"))).IsProblem(403, "forbidden");
        Assert.StartsWith(
            "text/plain", (await service.GetAsync("/metrics", Bearer("scope", "users.read metrics.read"))).Is(200).Header("Content-Type"),
            StringComparison.Ordinal);
        (await service.GetAsync("/metrics", Bearer("scp", "metrics.read"))).Is(200);
        (await service.GetAsync("/metrics", Bearer("scp", new[] { "users.read", "metrics.read" }))).Is(200);
        (await service.SendAsync("HEAD", "/metrics", null, Bearer("scp", "metrics.read"))).Is(200);
        (await service.SendAsync("POST", "/metrics", "{}", Bearer("scp", "metrics.read"))).IsProblem(405, "method-not-allowed");
    }

    private static (string Name, string Value) Bearer(string claim, object value) =>
        ("Authorization", "Bearer " + Callers.WithTokens.Token("ops", (claim, value)));
}
