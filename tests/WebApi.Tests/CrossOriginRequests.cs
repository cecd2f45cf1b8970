using CleanUsers.WebApi.Security;

namespace CleanUsers.WebApi.Tests;

public sealed class CrossOriginRequests(CrossOriginRequests.Named service) : IClassFixture<CrossOriginRequests.Named>
{
    private const string App = "https://app.example.org";

    [Theory]
    [InlineData("POST", "/api/v1/users", "authorization,content-type,idempotency-key")]
    [InlineData("GET", "/api/v1/users/7", "if-none-match")]
    [InlineData("PATCH", "/api/v1/deleted-users/7", "Authorization, Content-Type, If-Match")]
    [InlineData("DELETE", "/api/v1/users/7", "If-Match")]
    public async Task Preflight_needs_no_token(string method, string path, string headers)
    {
        var response = (await PreflightAsync(App, method, path, headers)).Is(204);
        Assert.Equal(App, response.Header("Access-Control-Allow-Origin"));
        Assert.Equal("GET,HEAD,POST,PUT,PATCH,DELETE", response.Header("Access-Control-Allow-Methods"));
        Assert.Equal("Authorization,Content-Type,If-Match,If-None-Match,Idempotency-Key", response.Header("Access-Control-Allow-Headers"));
        Assert.Equal("600", response.Header("Access-Control-Max-Age"));
        Assert.Null(response.Header("Access-Control-Allow-Credentials"));
        Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://app.example.org.evil.example")]
    [InlineData("http://app.example.org")]
    [InlineData("https://app.example.org:8443")]
    [InlineData("null")]
    public async Task Preflight_of_an_unknown_origin_allows_nothing(string origin)
    {
        var response = await PreflightAsync(origin, "GET", "/api/v1/users", "authorization");
        response.IsProblem(401, "unauthenticated");
        Assert.DoesNotContain(response.Headers.Keys, name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Responses_and_errors_can_be_read_by_a_configured_origin()
    {
        var read = ClosedService.Allowing("users.read");
        Response[] responses =
        [
            (await service.GetAsync("/api/v1/users", read, ("Origin", App))).Is(200),
            (await service.GetAsync("/api/v1/users", read, ("Origin", "http://localhost:3000"))).Is(200),
            (await service.GetAsync("/api/v1/users?x=1", read, ("Origin", App))).Is(400),
            (await service.GetAsync("/api/v1/users", ("Origin", App))).Is(401),
            (await service.SendAsync("DELETE", "/api/v1/users/7", null, read, ("Origin", App))).Is(403),
            (await service.GetAsync("/nothing", read, ("Origin", App))).Is(404),
        ];
        Assert.All(responses, response =>
        {
            Assert.Contains(response.Header("Access-Control-Allow-Origin"), (string[])[App, "http://localhost:3000"]);
            Assert.Equal(
                "ETag,Location,Content-Location,Link,Retry-After,RateLimit,RateLimit-Policy,Allow,Accept-Patch,Accept-Post,WWW-Authenticate,"
                    + "api-supported-versions,Idempotency-Replayed",
                response.Header("Access-Control-Expose-Headers"));
            Assert.Equal("Origin", response.Header("Vary"));
        });
    }

    [Fact]
    public async Task Response_to_an_unknown_origin_has_no_CORS_headers()
    {
        var response = (await service.GetAsync("/api/v1/users", ClosedService.Allowing("users.read"), ("Origin", "https://evil.example"))).Is(200);
        Assert.Null(response.Header("Access-Control-Allow-Origin"));
        Assert.Equal("Origin", response.Header("Vary"));
    }

    [Theory]
    [InlineData("/openapi/v1.json", 200)]
    [InlineData("/problems/not-found", 200)]
    [InlineData("/nothing", 401)]
    public async Task Response_without_an_origin_depends_on_it_too(string path, int status) =>
        Assert.Equal("Origin", (await service.GetAsync(path)).Is(status).Header("Vary"));

    [Fact]
    public async Task OPTIONS_without_a_preflight_header_is_handled_normally()
    {
        var response = (await service.SendAsync("OPTIONS", "/api/v1/users", null, ClosedService.Allowing(""), ("Origin", App))).Is(204);
        Assert.Equal("GET, HEAD, POST, OPTIONS", response.Header("Allow"));
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
    public void Origin_is_valid_only_as_browsers_write_it(string text, bool isOne) => Assert.Equal(isOne, new OriginAttribute().IsValid(text));

    private Task<Response> PreflightAsync(string origin, string method, string path, string headers) => service.SendAsync(
        "OPTIONS", path, null, ("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers));

    public sealed class Named : ClosedService
    {
        protected override IEnumerable<(string Key, string Value)> Settings =>
            [.. base.Settings, ("Cors:Origins", "https://app.example.org, http://localhost:3000")];
    }
}

public sealed class WithoutCrossOriginRequests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task Without_configured_origins_no_response_has_CORS_headers()
    {
        (string, string)[] headers = [("Origin", "https://app.example.org"), ("Access-Control-Request-Method", "POST")];
        foreach (var response in (Response[])[
            await service.GetAsync("/api/v1/users", headers), await service.SendAsync("OPTIONS", "/api/v1/users", null, headers)])
            Assert.DoesNotContain(response.Headers.Keys, name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }
}
