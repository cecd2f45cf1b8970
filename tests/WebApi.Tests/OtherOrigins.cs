using CleanUsers.WebApi.Security;

namespace CleanUsers.WebApi.Tests;

public sealed class OtherOrigins(OtherOrigins.Named service) : IClassFixture<OtherOrigins.Named>
{
    private const string App = "https://app.example.org";

    [Theory]
    [InlineData("POST", "/api/v1/users", "authorization,content-type,idempotency-key")]
    [InlineData("GET", "/api/v1/users/7", "if-none-match")]
    [InlineData("PATCH", "/api/v1/deleted-users/7", "Authorization, Content-Type, If-Match")]
    [InlineData("DELETE", "/api/v1/users/7", "If-Match")]
    public async Task A_preflight_needs_no_token(string method, string path, string headers)
    {
        var answer = (await PreflightAsync(App, method, path, headers)).Is(204);
        Assert.Equal(App, answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("GET,HEAD,POST,PUT,PATCH,DELETE", answer.Header("Access-Control-Allow-Methods"));
        Assert.Equal("Authorization,Content-Type,If-Match,If-None-Match,Idempotency-Key", answer.Header("Access-Control-Allow-Headers"));
        Assert.Equal("600", answer.Header("Access-Control-Max-Age"));
        Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://app.example.org.evil.example")]
    [InlineData("http://app.example.org")]
    [InlineData("https://app.example.org:8443")]
    [InlineData("null")]
    public async Task A_preflight_of_another_origin_allows_nothing(string origin)
    {
        var answer = await PreflightAsync(origin, "GET", "/api/v1/users", "authorization");
        Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Answers_may_be_read_with_their_headers_errors_too()
    {
        var read = ClosedService.Allowing("users.read");
        Answer[] answers =
        [
            (await service.GetAsync("/api/v1/users", read, ("Origin", App))).Is(200),
            (await service.GetAsync("/api/v1/users", read, ("Origin", "http://localhost:3000"))).Is(200),
            (await service.GetAsync("/api/v1/users?x=1", read, ("Origin", App))).Is(400),
            (await service.GetAsync("/api/v1/users", ("Origin", App))).Is(401),
            (await service.SendAsync("DELETE", "/api/v1/users/7", null, read, ("Origin", App))).Is(403),
            (await service.GetAsync("/nothing", read, ("Origin", App))).Is(404),
        ];
        Assert.All(answers, answer =>
        {
            Assert.Contains(answer.Header("Access-Control-Allow-Origin"), (string[])[App, "http://localhost:3000"]);
            Assert.Equal("ETag,Location,Link,Retry-After,RateLimit,RateLimit-Policy,Idempotency-Replayed", answer.Header("Access-Control-Expose-Headers"));
            Assert.Equal("Origin", answer.Header("Vary"));
        });
    }

    [Fact]
    public async Task Answers_to_another_origin_may_not_be_read()
    {
        var answer = (await service.GetAsync("/api/v1/users", ClosedService.Allowing("users.read"), ("Origin", "https://evil.example"))).Is(200);
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task OPTIONS_that_is_no_preflight_is_answered_as_ever()
    {
        var answer = (await service.SendAsync("OPTIONS", "/api/v1/users", null, ClosedService.Allowing(""), ("Origin", App))).Is(204);
        Assert.Equal("GET, HEAD, POST, OPTIONS", answer.Header("Allow"));
        (await service.SendAsync("OPTIONS", "/api/v1/users", null, ("Origin", App))).Is(401);
    }

    [Theory]
    [InlineData("https://app.example.org", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://[::1]:8080", true)]
    [InlineData("https://xn--bcher-kva.example", true)]
    [InlineData("https://b\u00fccher.example", false)]
    [InlineData("https://app.example.org/", false)]
    [InlineData("https://app.example.org/app", false)]
    [InlineData("https://App.example.org", false)]
    [InlineData("https://app.example.org:443", false)]
    [InlineData("https://ada@app.example.org", false)]
    [InlineData("https://*.example.org", false)]
    [InlineData("app.example.org", false)]
    [InlineData("ftp://app.example.org", false)]
    [InlineData("file:///", false)]
    [InlineData("*", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    public void An_origin_is_what_a_browser_would_write(string text, bool isOne) => Assert.Equal(isOne, new OriginAttribute().IsValid(text));

    private Task<Answer> PreflightAsync(string origin, string method, string path, string headers) => service.SendAsync(
        "OPTIONS", path, null, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));

    public sealed class Named : ClosedService
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [.. base.Settings, ("Cors:Origins", "https://app.example.org, http://localhost:3000")];
    }
}

public sealed class WithoutOtherOrigins(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task No_page_of_another_origin_may_read_anything()
    {
        (string, string)[] headers = [("Origin", "https://app.example.org"), ("Access-Control-Request-Method", "POST")];
        foreach (var answer in (Answer[])[await service.GetAsync("/api/v1/users", headers), await service.SendAsync("OPTIONS", "/api/v1/users", null, headers)])
            Assert.DoesNotContain(answer.Headers.Keys, name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }
}
