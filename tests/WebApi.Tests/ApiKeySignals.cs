using System.Text.RegularExpressions;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>Metrics and logs of API keys, and what happens without the database: in processes of their own.</summary>
public sealed class ApiKeySignals
{
    private const string Mistyped = "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrx";
    private const string Unknown = "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw";

    [Fact]
    public async Task Mistyped_key_causes_no_query_an_unknown_one_always_one_and_a_valid_one_one_in_the_seconds_of_the_cache()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync("ApiKeys:CacheSeconds=60");
        var key = await CreateAsync(service);
        await UntilAsync(service, "lookups_total{.*} 0$", "rejections_total{.*malformed.*} 0$", "rejections_total{.*invalid.*} 0$");
        for (var i = 0; i < 5; i++) (await SendAsync(service, Mistyped)).Is(401);
        for (var i = 0; i < 3; i++) (await SendAsync(service, Unknown)).Is(401);
        for (var i = 0; i < 7; i++) (await SendAsync(service, key)).Is(200);
        await UntilAsync(service, "lookups_total{.*} 4$", "rejections_total{.*malformed.*} 5$", "rejections_total{.*invalid.*} 3$");
        Assert.DoesNotContain(service.Lines, line => line.Contains("cuk_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_request_is_a_query_where_no_key_is_remembered()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync("ApiKeys:CacheSeconds=0");
        var key = await CreateAsync(service);
        for (var i = 0; i < 3; i++) (await SendAsync(service, key)).Is(200);
        await UntilAsync(service, "lookups_total{.*} 3$");
    }

    [Fact]
    public async Task Without_the_database_a_key_is_503_and_not_401_and_one_that_is_remembered_goes_on()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync("ApiKeys:CacheSeconds=60");
        var (remembered, other) = (await CreateAsync(service), await CreateAsync(service));
        (await SendAsync(service, remembered)).Is(200);
        service.BreakDatabase();

        (await SendAsync(service, remembered, "/nothing")).IsProblem(404, "not-found");
        foreach (var path in (string[])["/nothing", "/api/v1/users"])
        {
            var response = (await SendAsync(service, other, path)).IsProblem(503, "unavailable");
            Assert.Equal(("1", null), (response.Header("Retry-After"), response.Header("WWW-Authenticate")));
        }

        (await SendAsync(service, Mistyped)).IsProblem(401, "unauthenticated"); // needs no database
        (await SendAsync(service, other, "/health/live")).Is(200);
        await UntilLoggedAsync(service, "API keys can't be looked up");
        Assert.DoesNotContain(service.Lines, line => line.Contains("cuk_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_issuer_the_service_starts_says_so_and_accepts_API_keys_only()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync("Authentication:AllowAnonymous=false");
        await UntilLoggedAsync(service, "Only API keys are accepted");
        (await service.SendAsync("GET", "/api/v1/users")).IsProblem(401, "unauthenticated");
        (await SendAsync(service, ClosedService.Token())).IsProblem(401, "unauthenticated");
        (await SendAsync(service, Unknown)).IsProblem(401, "unauthenticated");
    }

    private static async Task<string> CreateAsync(RunningService service) => (await service.SendAsync(
        "POST", "/api/v1/api-keys", """{"name":"Billing","scopes":["users.read"]}""")).Is(201)["key"].GetString()!;

    private static Task<Response> SendAsync(RunningService service, string key, string path = "/api/v1/users") =>
        service.SendAsync("GET", path, null, ClosedService.Bearer(key));

    /// <summary>The log is written in the background.</summary>
    private static async Task UntilLoggedAsync(RunningService service, string text)
    {
        bool IsLogged() => service.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));
        for (var i = 0; i < 300 && !IsLogged(); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(IsLogged(), string.Join('\n', service.Lines));
    }

    private static async Task UntilAsync(RunningService service, params string[] series)
    {
        var metrics = "";
        for (var i = 0; i < 100; i++, await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            metrics = (await service.SendAsync("GET", "/metrics")).Is(200).Body;
            if (series.All(one => Regex.IsMatch(metrics, $"(?m)^cleanusers_api_keys_{one}", RegexOptions.None, TimeSpan.FromSeconds(30)))) return;
        }

        Assert.Fail(metrics);
    }
}
