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
    public async Task A_caller_has_a_burst_and_then_429_until_the_seconds_of_Retry_After_are_over()
    {
        var caller = NewCaller();
        var remaining = new List<string?>();
        for (var i = 1; i <= Limited.Burst; i++)
        {
            var answer = (await service.GetAsync("/api/v1/users", caller)).Is(200);
            Assert.Equal($"\"default\";q={Limited.Burst};w=5", answer.Header("RateLimit-Policy"));
            remaining.Add(answer.Header("RateLimit"));
        }

        Assert.Equal($"\"default\";r={Limited.Burst - 1};t=1", remaining[0]); // later ones depend on the time

        var refusal = await UntilRefusedAsync(caller);
        Assert.Equal("1", refusal.Header("Retry-After"));
        Assert.Matches("^\"default\";r=[01];t=1$", refusal.Header("RateLimit")!); // the bucket fills up meanwhile
        Assert.Equal("1.0", refusal.Header("api-supported-versions"));
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        (await service.GetAsync("/api/v1/users", caller)).Is(200);
    }

    [Fact]
    public async Task A_flood_is_cut_to_the_rate()
    {
        var (caller, passed, clock) = (NewCaller(), 0, Stopwatch.StartNew());
        while (clock.Elapsed < TimeSpan.FromSeconds(3))
            if ((await service.GetAsync("/api/v1/users/7", caller)).Status == 404) passed++;
        Assert.InRange(passed, Limited.Burst, Limited.Burst + (Limited.PermitsPerSecond * (int)Math.Ceiling(clock.Elapsed.TotalSeconds)));
    }

    [Fact]
    public async Task Callers_do_not_get_into_each_others_way()
    {
        await UntilRefusedAsync(NewCaller());
        (await service.GetAsync("/api/v1/users", NewCaller())).Is(200);
    }

    [Fact]
    public async Task Requests_without_a_valid_token_are_limited_by_their_address()
    {
        await UntilRefusedAsync(null);
        await UntilRefusedAsync(ClosedService.Bearer("nonsense"));
        await UntilRefusedAsync(null, "/api/v99/users");
        await UntilRefusedAsync(null, "/api/vnothing");
        await UntilRefusedAsync(null, "/openapi/v1.json");
        (await service.GetAsync("/api/v1/users", NewCaller())).Is(200);
        foreach (var probe in (string[])["/health/live", "/health/ready"])
            Assert.Null((await service.GetAsync(probe)).Is(200).Header("RateLimit"));
        Assert.Null((await service.GetAsync("/metrics", ClosedService.Allowing("metrics.read"))).Is(200).Header("RateLimit"));
    }

    [Fact]
    public async Task Every_answer_tells_how_many_are_left()
    {
        var caller = NewCaller(); // no more than the burst below
        var created = (await service.SendAsync("POST", "/api/v1/users", """{"email":"told@example.org"}""", caller)).Is(201);
        var user = created.Header("Location")!;
        Answer[] answers =
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
        Assert.All(answers, answer =>
        {
            Assert.Matches("^\"default\";r=\\d+;t=1$", answer.Header("RateLimit")!);
            Assert.Matches("^\"default\";q=\\d+;w=\\d+$", answer.Header("RateLimit-Policy")!);
        });
    }

    [Fact]
    public void Whatever_the_addresses_the_number_of_buckets_is_bounded()
    {
        var random = new Random(1);
        var octets = new byte[16];
        var buckets = Enumerable.Range(0, 500_000).Select(_ =>
        {
            random.NextBytes(octets);
            return BucketOf(new IPAddress(octets));
        }).ToHashSet();
        Assert.InRange(buckets.Count, RateLimiting.MaxAddresses / 2, RateLimiting.MaxAddresses);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    public void A_client_is_an_address_or_a_network_of_64_bits(string one, string other, bool same) =>
        Assert.Equal(same, BucketOf(IPAddress.Parse(one)) == BucketOf(IPAddress.Parse(other)));

    private static RateLimiting.Caller BucketOf(IPAddress address) =>
        RateLimiting.Caller.Of(new DefaultHttpContext { Connection = { RemoteIpAddress = address } });

    private static (string Name, string Value) NewCaller() =>
        ClosedService.Bearer(ClosedService.Token(("sub", Guid.NewGuid().ToString()), ("scope", "users.read users.write")));

    private async Task<Answer> UntilRefusedAsync((string Name, string Value)? caller, string path = "/api/v1/users")
    {
        for (var i = 0; i < 10 * Limited.Burst; i++)
        {
            var answer = caller is { } header ? await service.GetAsync(path, header) : await service.GetAsync(path);
            if (answer.Status == 429) return answer.IsProblem(429, "too-many-requests");
        }

        throw new Xunit.Sdk.XunitException("Never refused.");
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
    public async Task Nobody_is_refused_and_nothing_is_told()
    {
        for (var i = 0; i < 300; i++)
        {
            var answer = (await service.GetAsync("/api/v1/users/7")).Is(404);
            Assert.Null(answer.Header("RateLimit"));
            Assert.Null(answer.Header("RateLimit-Policy"));
        }
    }

    public sealed class Unlimited : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [("RateLimiting:Enabled", "false")];
    }
}
