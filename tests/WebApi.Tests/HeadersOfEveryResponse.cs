namespace CleanUsers.WebApi.Tests;

public sealed class HeadersOfEveryResponse(ClosedService service) : IClassFixture<ClosedService>
{
    private const string NothingIsRun = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    [Fact]
    public async Task All_responses_have_the_security_headers()
    {
        var all = ClosedService.Allowing("users.read", "users.write", "users.restore", "users.purge");
        var created = (await service.SendAsync("POST", "/api/v1/users", """{"email":"headers@example.org"}""", all)).Is(201);
        var user = created.Header("Location")!;
        Response[] responses =
        [
            created,
            (await service.GetAsync(user, all)).Is(200),
            (await service.GetAsync(user, all, ("If-None-Match", "\"1\""))).Is(304),
            (await service.SendAsync("HEAD", user, null, all)).Is(200),
            (await service.SendAsync("OPTIONS", user, null, all)).Is(204),
            (await service.GetAsync("/")).Is(302),
            (await service.GetAsync("/docs")).Is(302),
            (await service.GetAsync("/docs/scalar.js")).Is(200),
            (await service.GetAsync("/api/v1/users?x=1", all)).Is(400),
            (await service.GetAsync(user)).Is(401),
            (await service.GetAsync(user, ClosedService.Allowing("none"))).Is(403),
            (await service.GetAsync("/nothing", all)).Is(404),
            (await service.SendAsync("BREW", user, null, all)).Is(405),
            (await service.GetAsync(user, all, ("Accept", "text/html"))).Is(406),
            (await service.SendAsync("DELETE", user, null, all, ("If-Match", "\"9\""))).Is(412),
            (await service.SendBytesAsync("POST", "/api/v1/users", new byte[70_000], all)).Is(413),
            (await service.SendAsync("POST", "/api/v1/users", "{}", all, ("Content-Type", "text/plain"))).Is(415),
            (await service.SendAsync("DELETE", user, null, all)).Is(204),
            (await service.GetAsync("/health/live")).Is(200),
            (await service.GetAsync("/openapi/v1.json")).Is(200),
            (await service.GetAsync("/problems/forbidden")).Is(200),
        ];
        Assert.All(responses, response =>
        {
            Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
            Assert.Equal("no-referrer", response.Header("Referrer-Policy"));
            Assert.Equal(NothingIsRun, response.Header("Content-Security-Policy"));
            Assert.Null(response.Header("Server"));
            Assert.Null(response.Header("X-Powered-By"));
            Assert.Null(response.Header("Strict-Transport-Security")); // not over TLS
        });
    }

    [Fact]
    public async Task API_reference_allows_only_its_own_scripts()
    {
        var page = (await service.GetAsync("/docs/")).Is(200);
        var policy = page.Header("Content-Security-Policy")!;
        Assert.Matches("^default-src 'none'; script-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='; ", policy);
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        Assert.Contains($"nonce=\"{System.Text.Encodings.Web.HtmlEncoder.Default.Encode(nonce)}\"", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(nonce, (await service.GetAsync("/docs/")).Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("no-store", page.Header("Cache-Control"));
    }
}

/// <summary>A server error: the database file is broken.</summary>
public sealed class HeadersOfServerErrors(BrokenDatabaseFile.Broken service) : IClassFixture<BrokenDatabaseFile.Broken>
{
    [Fact]
    public async Task Response_503_has_the_security_headers()
    {
        var response = (await service.GetAsync("/api/v1/users")).Is(503);
        Assert.Equal("nosniff", response.Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", response.Header("Referrer-Policy"));
        Assert.NotNull(response.Header("Content-Security-Policy"));
        Assert.NotNull(response.Header("RateLimit"));
    }
}
