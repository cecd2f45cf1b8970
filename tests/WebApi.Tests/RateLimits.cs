using System.Diagnostics;
using System.Globalization;
using System.Net;
using CleanUsers.WebApi.Security;
using Microsoft.AspNetCore.Http;

namespace CleanUsers.WebApi.Tests;

/// <summary>Each test is a caller of its own: a subject.</summary>
public sealed class RateLimits(RateLimits.Limited service) : IClassFixture<RateLimits.Limited>
{
    [Fact]
    public async Task Caller_gets_429_after_the_burst_until_Retry_After_is_over()
    {
        var caller = NewCaller();
        var remaining = new List<string?>();
        for (var i = 1; i <= Limited.Burst; i++)
        {
            var response = (await service.GetAsync("/api/v1/users", caller)).Is(200);
            Assert.Equal($"\"default\";q={Limited.Burst};w=5", response.Header("RateLimit-Policy"));
            remaining.Add(response.Header("RateLimit"));
        }

        // exact numbers depend on the time
        Assert.Matches($"^\"default\";r=({Limited.Burst - 1}|{Limited.Burst});t=1$", remaining[0]);

        var rejected = await UntilRejectedAsync(caller);
        Assert.Equal("1", rejected.Header("Retry-After"));
        Assert.Matches("^\"default\";r=\\d+;t=1$", rejected.Header("RateLimit")!); // the bucket fills up meanwhile
        Assert.Equal("1.0", rejected.Header("api-supported-versions"));
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        (await service.GetAsync("/api/v1/users", caller)).Is(200);
    }

    [Fact]
    public async Task Flood_is_limited_to_the_rate()
    {
        var (caller, passed, clock) = (NewCaller(), 0, Stopwatch.StartNew());
        while (clock.Elapsed < TimeSpan.FromSeconds(3) || passed < Limited.Burst)
            if ((await service.GetAsync("/api/v1/users/7", caller)).Status == 404) passed++;
        Assert.InRange(passed, Limited.Burst, Limited.Burst + (Limited.PermitsPerSecond * (int)Math.Ceiling(clock.Elapsed.TotalSeconds)));
    }

    [Fact]
    public async Task Limit_of_one_caller_does_not_affect_another()
    {
        await UntilRejectedAsync(NewCaller());
        (await service.GetAsync("/api/v1/users", NewCaller())).Is(200);
    }

    [Fact]
    public async Task Each_API_key_has_a_limit_of_its_own_and_invalid_keys_are_limited_by_address()
    {
        var (one, other) = (await NewKeyAsync(), await NewKeyAsync());
        await UntilRejectedAsync(one);
        (await service.GetAsync("/api/v1/users", other)).Is(200);
        await UntilRejectedAsync(ClosedService.Bearer("cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw")); // well-formed, but not a key of the service
        (await service.GetAsync("/api/v1/users", other)).Is(200);

        async Task<(string Name, string Value)> NewKeyAsync()
        {
            var caller = ClosedService.Token(("sub", Guid.NewGuid().ToString()), ("scope", "keys.manage users.read"));
            var created = await service.SendAsync(
                "POST", "/api/v1/api-keys", """{"name":"Billing","scopes":["users.read"]}""", ClosedService.Bearer(caller));
            return ClosedService.Bearer(created.Is(201)["key"].GetString()!);
        }
    }

    [Fact]
    public async Task Requests_without_a_valid_token_are_limited_by_address()
    {
        await UntilRejectedAsync(null);
        await UntilRejectedAsync(ClosedService.Bearer("nonsense"));
        await UntilRejectedAsync(null, "/api/v99/users");
        await UntilRejectedAsync(null, "/api/vnothing");
        await UntilRejectedAsync(null, "/openapi/v1.json");
        (await service.GetAsync("/api/v1/users", NewCaller())).Is(200);
        foreach (var probe in (string[])["/health/live", "/health/ready"])
            Assert.Null((await service.GetAsync(probe)).Is(200).Header("RateLimit"));
        Assert.Null((await service.GetAsync("/metrics", ClosedService.Allowing("metrics.read"))).Is(200).Header("RateLimit"));
    }

    [Fact]
    public async Task Every_response_has_the_remaining_requests()
    {
        var caller = NewCaller(); // no more than the burst below
        var created = (await service.SendAsync("POST", "/api/v1/users", """{"email":"remaining@example.org"}""", caller)).Is(201);
        var user = created.Header("Location")!;
        Response[] responses =
        [
            created,
            (await service.GetAsync(user, caller, ("If-None-Match", "\"1\""))).Is(304),
            (await service.SendAsync("HEAD", user, null, caller)).Is(200),
            (await service.SendAsync("OPTIONS", user, null, caller)).Is(204),
            (await service.SendAsync("DELETE", user, null, caller, ("If-Match", "\"7\""))).Is(412),
            (await service.GetAsync("/api/v1/users?x=1", caller)).Is(400),
            (await service.GetAsync("/nothing", caller)).Is(404),
            (await service.GetAsync("/api/v9/users", caller)).Is(404),
            (await service.SendAsync("TRACE", user, null, caller)).Is(405),
            (await service.SendBytesAsync("POST", "/api/v1/users", new byte[70_000], caller)).Is(413),
            (await service.SendAsync("DELETE", "/api/v1/deleted-users/1", null, ClosedService.Allowing("users.read"))).Is(403),
        ];
        Assert.All(responses, response =>
        {
            Assert.Matches("^\"default\";r=\\d+;t=1$", response.Header("RateLimit")!);
            Assert.Matches("^\"default\";q=\\d+;w=\\d+$", response.Header("RateLimit-Policy")!);
        });
    }

    [Fact]
    public void Number_of_buckets_is_bounded_for_any_addresses()
    {
        var random = new Random(1);
        var bytes = new byte[16];
        var buckets = Enumerable.Range(0, 200_000).Select(_ =>
        {
            random.NextBytes(bytes);
            return BucketOf(new IPAddress(bytes));
        }).ToHashSet();
        Assert.InRange(buckets.Count, RateLimiting.MaxAddresses / 2, RateLimiting.MaxAddresses);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    public void Client_is_an_IPv4_address_or_an_IPv6_network_of_64_bits(string one, string other, bool same) =>
        Assert.Equal(same, BucketOf(IPAddress.Parse(one)) == BucketOf(IPAddress.Parse(other)));

    private static RateLimiting.Caller BucketOf(IPAddress address) =>
        RateLimiting.Caller.Of(new DefaultHttpContext { Connection = { RemoteIpAddress = address } });

    private static (string Name, string Value) NewCaller() =>
        ClosedService.Bearer(ClosedService.Token(("sub", Guid.NewGuid().ToString()), ("scope", "users.read users.write")));

    /// <summary>Requests at once, so that they come faster than the bucket fills up, whatever the machine is doing.</summary>
    private async Task<Response> UntilRejectedAsync((string Name, string Value)? caller, string path = "/api/v1/users")
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 10 * Limited.Burst)
            .Select(_ => caller is { } header ? service.GetAsync(path, header) : service.GetAsync(path)));
        return responses.First(response => response.Status == 429).IsProblem(429, "too-many-requests");
    }

    public sealed class Limited : ClosedService
    {
        public const int PermitsPerSecond = 3;
        public const int Burst = 15;

        protected override IEnumerable<(string Key, string Value)> Settings =>
        [
            .. base.Settings,
            ("RateLimiting:PermitsPerSecond", PermitsPerSecond.ToString(CultureInfo.InvariantCulture)),
            ("RateLimiting:Burst", Burst.ToString(CultureInfo.InvariantCulture)),
        ];
    }
}

public sealed class WithoutRateLimits(WithoutRateLimits.Unlimited service) : IClassFixture<WithoutRateLimits.Unlimited>
{
    [Fact]
    public async Task Without_limits_no_request_is_429_and_no_header_is_sent()
    {
        for (var i = 0; i < 300; i++)
        {
            var response = (await service.GetAsync("/api/v1/users/7")).Is(404);
            Assert.Null(response.Header("RateLimit"));
            Assert.Null(response.Header("RateLimit-Policy"));
        }
    }

    public sealed class Unlimited : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [("RateLimiting:Enabled", "false")];
    }
}
