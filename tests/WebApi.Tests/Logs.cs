using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

public sealed class Logs
{
    [Fact]
    public async Task Every_line_is_a_JSON_object_and_every_request_has_one()
    {
        using var service = await RunningService.StartAsync();
        var created = (await service.SendAsync("POST", "/api/v1/users", """{"email":"ada@lines.example","name":"Lovelace"}""")).Is(201);
        (await service.SendAsync("GET", $"/api/v1/users/{created["id"]}?")).Is(200);
        (await service.SendAsync("GET", "/api/v1/users?q=lovelace&email=ada@lines.example")).Is(200);
        var rejected = (await service.SendAsync("POST", "/api/v1/users", """{"email":"ada@lines.example"}""")).Is(409);
        (await service.SendAsync("GET", "/api/v1/users/ada@lines.example?name=Lovelace")).Is(404);
        (await service.SendAsync("DELETE", "/api/v1/users")).Is(405);
        (await service.SendAsync("ADA", "/health/live")).Is(405);
        service.Terminate();
        Assert.Equal(0, await service.EndAsync(TimeSpan.FromSeconds(30)));

        var lines = service.Lines.Select(line => JsonElement.Parse(line)).ToList();
        var requests = lines.Where(line => line.TryGetProperty("durationMs", out _)).ToList();
        Assert.Equal(
            [
                "POST api/v1/users 201",
                "GET api/v1/users/{id:id} 200",
                "GET api/v1/users 200",
                "POST api/v1/users 409",
                "GET  404",
                "DELETE  405",
                "_OTHER  405",
            ],
            requests.Select(line => $"{line.GetProperty("method")} {line.GetProperty("route")} {line.GetProperty("status")}"));
        Assert.All(requests, line => Assert.InRange(line.GetProperty("durationMs").GetDouble(), 0.001, 30_000));
        Assert.Equal(7, requests.Select(line => line.GetProperty("traceId").GetString()).Distinct().Count());
        Assert.Equal(rejected["traceId"].GetString(), requests[3].GetProperty("traceId").GetString());
        Assert.All(service.Lines, line =>
        {
            Assert.DoesNotContain("lines.example", line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("lovelace", line, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public async Task Only_in_Development_the_path_of_a_request_is_logged()
    {
        LongTest.SkipUnlessDemanded();
        var folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
        using (var service = await OwnProcess.ServeAsync(folder, [("ASPNETCORE_ENVIRONMENT", "Development")], "--urls", "http://127.0.0.1:0"))
        {
            using var client = new HttpClient();
            await client.GetAsync(new Uri(service.Address, "/api/v1/users?q=lovelace"), TestContext.Current.CancellationToken);
            await client.GetAsync(new Uri(service.Address, "/api/v1/users/7%1B%0A@example.org"), TestContext.Current.CancellationToken);
            service.Terminate();
            Assert.Equal((0, ""), await service.EndAsync());
            var log = await service.LaterLog;
            Assert.Matches(@"(?m)^ *GET /api/v1/users 200 in [0-9.]+ ms$", log);
            Assert.Matches(@"(?m)^ *GET /api/v1/users/7%1B%0A@example.org 404 in [0-9.]+ ms$", log);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Trace_of_the_client_is_continued()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync();
        (await service.SendAsync("GET", "/health/live", null, ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))).Is(200);
        service.Terminate();
        await service.EndAsync(TimeSpan.FromSeconds(30));
        Assert.Contains(service.Lines, line => line.Contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"", StringComparison.Ordinal));
    }
}

/// <summary>The log lines of a request that failed.</summary>
public sealed class LogsOfFailedRequests(MissingDatabaseFile.Gone service) : IClassFixture<MissingDatabaseFile.Gone>
{
    [Fact]
    public async Task Cause_and_request_are_logged_with_the_trace_id_of_the_response()
    {
        var trace = (await service.GetAsync("/api/v1/users/1")).IsProblem(503, "unavailable")["traceId"].GetString();
        var request = await service.Signals.LineAsync(line => Of(line, trace) && line.TryGetProperty("route", out _));
        Assert.Equal(
            ("api/v1/users/{id:id}", 503), (request.GetProperty("route").GetString(), request.GetProperty("status").GetInt32()));
        var cause = Assert.Single(service.Signals.Lines(), line => Of(line, trace) && line.TryGetProperty("exception", out _));
        Assert.Equal("Error", cause.GetProperty("level").GetString());
        Assert.Contains("SQLite Error 14: 'unable to open database file'", cause.GetProperty("exception").GetString(), StringComparison.Ordinal);
        var ours = service.Signals.Lines().Where(
            line => Of(line, trace) && line.GetProperty("category").GetString()!.StartsWith("CleanUsers.", StringComparison.Ordinal));
        Assert.Equal(2, ours.Count());
    }

    private static bool Of(JsonElement line, string? trace) => line.TryGetProperty("traceId", out var id) && id.GetString() == trace;
}
