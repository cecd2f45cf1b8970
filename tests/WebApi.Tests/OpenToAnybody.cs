namespace CleanUsers.WebApi.Tests;

/// <summary>Where nobody needs a token, as in Development, one that is sent is looked at all the same.</summary>
public sealed class OpenToAnybody(OpenToAnybody.WithTokens service) : IClassFixture<OpenToAnybody.WithTokens>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    public async Task Without_a_token_everything_is_allowed(string? authorization)
    {
        (string, string)[] headers = authorization is null ? [] : [("Authorization", authorization)];
        (await service.GetAsync("/api/v1/users", headers)).Is(200);
        (await service.SendAsync("DELETE", "/api/v1/deleted-users/1", null, headers)).Is(404);
        (await service.SendAsync("OPTIONS", "/api/v1/users", null, headers)).Is(204);
        (await service.GetAsync("/nothing", headers)).Is(404);
    }

    [Fact]
    public async Task With_a_token_what_it_allows_is_allowed()
    {
        var reader = ClosedService.Allowing("users.read");
        (await service.GetAsync("/api/v1/users", reader)).Is(200);
        (await service.SendAsync("DELETE", "/api/v1/users/1", null, reader)).IsProblem(403, "forbidden");
    }

    [Theory]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("OPTIONS", "/api/v1/users")]
    [InlineData("GET", "/nothing")]
    public async Task With_a_bad_token_nothing_is(string method, string path) =>
        (await service.SendAsync(method, path, null, ClosedService.Bearer("nonsense"))).IsProblem(401, "unauthenticated");

    [Fact]
    public async Task With_a_token_whose_audience_nobody_can_check_nothing_is()
    {
        await using var trusting = new WithoutAnAudience();
        await trusting.InitializeAsync();
        (await trusting.GetAsync("/api/v1/users")).Is(200);
        var refusal = (await trusting.GetAsync("/api/v1/users", ClosedService.Bearer(ClosedService.Token()))).IsProblem(401, "unauthenticated");
        Assert.Contains("another audience", refusal.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    private sealed class WithoutAnAudience : ClosedService
    {
        protected override IEnumerable<(string Key, string Value)> Settings =>
            [.. base.Settings.Where(setting => !setting.Key.Contains("Audience", StringComparison.Ordinal)), ("Authentication:AllowAnonymous", "true")];
    }

    public sealed class WithTokens : ClosedService
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [.. base.Settings, ("Authentication:AllowAnonymous", "true")];
    }
}
