namespace CleanUsers.WebApi.Tests;

/// <summary>Where anonymous access is allowed, as in Development, a token that is sent is still validated.</summary>
public sealed class AnonymousAccess(AnonymousAccess.WithTokens service) : IClassFixture<AnonymousAccess.WithTokens>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    public async Task Request_without_a_token_is_allowed(string? authorization)
    {
        (string, string)[] headers = authorization is null ? [] : [("Authorization", authorization)];
        (await service.GetAsync("/api/v1/users", headers)).Is(200);
        (await service.SendAsync("DELETE", "/api/v1/deleted-users/1", null, headers)).Is(404);
        (await service.SendAsync("OPTIONS", "/api/v1/users", null, headers)).Is(204);
        (await service.GetAsync("/nothing", headers)).Is(404);
    }

    /// <summary>A browser sends it without a preflight: Fetch Standard, "simple" requests.</summary>
    [Theory]
    [InlineData("cross-site", 401)]
    [InlineData("same-site", 401)]
    [InlineData("same-origin", 404)]
    [InlineData("none", 404)]
    public async Task Write_that_a_page_of_another_site_sends_needs_a_token(string site, int status)
    {
        (string, string)[] headers = [("Sec-Fetch-Site", site), ("Origin", "https://other.example")];
        (await service.SendAsync("POST", "/api/v1/api-keys/9/rotations", null, headers)).Is(status);
        (await service.SendAsync("POST", "/api/v1/webhooks/9/secrets", null, headers)).Is(status);
        (await service.GetAsync("/api/v1/users", headers)).Is(200);
    }

    /// <summary>Over plain HTTP, browsers add the origin alone.</summary>
    [Theory]
    [InlineData("https://other.example", 401)]
    [InlineData("null", 401)]
    [InlineData(null, 404)]
    public async Task Write_that_a_page_of_another_origin_sends_needs_a_token(string? origin, int status)
    {
        origin ??= service.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        (await service.SendAsync("POST", "/api/v1/api-keys/9/rotations", null, ("Origin", origin))).Is(status);
    }

    [Fact]
    public async Task Request_with_a_token_is_limited_to_its_scopes()
    {
        var reader = ClosedService.Allowing("users.read");
        (await service.GetAsync("/api/v1/users", reader)).Is(200);
        (await service.SendAsync("DELETE", "/api/v1/users/1", null, reader)).IsProblem(403, "forbidden");
    }

    [Theory]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("OPTIONS", "/api/v1/users")]
    [InlineData("GET", "/nothing")]
    public async Task Request_with_an_invalid_token_is_401(string method, string path) =>
        (await service.SendAsync(method, path, null, ClosedService.Bearer("nonsense"))).IsProblem(401, "unauthenticated");

    [Fact]
    public async Task Token_is_401_when_no_audience_is_configured()
    {
        await using var trusting = new WithoutAnAudience();
        await trusting.InitializeAsync();
        (await trusting.GetAsync("/api/v1/users")).Is(200);
        var rejected = (await trusting.GetAsync("/api/v1/users", ClosedService.Bearer(ClosedService.Token()))).IsProblem(401, "unauthenticated");
        Assert.Contains("another audience", rejected.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    private sealed class WithoutAnAudience : ClosedService
    {
        protected override IEnumerable<(string Key, string Value)> Settings =>
            [.. base.Settings.Where(setting => !setting.Key.Contains("Audience", StringComparison.Ordinal)),
                ("Authentication:AllowAnonymous", "true")];
    }

    public sealed class WithTokens : ClosedService
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [.. base.Settings, ("Authentication:AllowAnonymous", "true")];
    }
}
