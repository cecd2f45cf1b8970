using System.Text;
using CleanUsers.WebApi.Security;

namespace CleanUsers.WebApi.Tests;

/// <summary>Every error under /scim has SCIM's form, those of routing, authentication and the web server's limits included.</summary>
public sealed class ScimErrors(ClosedService service) : IClassFixture<ClosedService>
{
    private static readonly (string, string) Allowed = ClosedService.Allowing(Scopes.Scim);

    public static TheoryData<string, string, int> Routes => new()
    {
        { "GET", "/scim/v2/ServiceProviderConfig", 200 },
        { "GET", "/scim/v2/ResourceTypes", 200 },
        { "GET", "/scim/v2/ResourceTypes/User", 200 },
        { "GET", "/scim/v2/Schemas", 200 },
        { "GET", "/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User", 200 },
        { "GET", "/scim/v2/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", 200 },
        { "GET", "/scim/v2/Users", 200 },
        { "HEAD", "/scim/v2/Users", 200 },
        { "POST", "/scim/v2/Users", 415 },
        { "POST", "/scim/v2/Users/.search", 415 },
        { "GET", "/scim/v2/Users/999", 404 },
        { "PUT", "/scim/v2/Users/999", 415 },
        { "PATCH", "/scim/v2/Users/999", 415 },
        { "DELETE", "/scim/v2/Users/999", 404 },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_needs_the_scope_scim_alone(string method, string path, int success)
    {
        (await service.SendAsync(method, path, null, Allowed)).Is(success);
        var other = (await service.SendAsync(method, path, null, ClosedService.Allowing(
            Scopes.Read, Scopes.Write, Scopes.Restore, Scopes.Purge, Scopes.Changes, Scopes.Webhooks, Scopes.Metrics))).Is(403);
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"scim\"", other.Header("WWW-Authenticate"));
        var none = (await service.SendAsync(method, path)).Is(401);
        Assert.Equal("Bearer", none.Header("WWW-Authenticate"));
        if (method == "HEAD") return;
        other.IsScimError(403);
        none.IsScimError(401);
        (await service.SendAsync(method, path, null, ("Authorization", "non-token"))).IsScimError(401);
    }

    [Fact]
    public async Task Scope_scim_allows_nothing_else()
    {
        (await service.GetAsync("/api/v1/users", Allowed)).IsProblem(403, "forbidden");
        (await service.SendAsync("DELETE", "/api/v1/users/1", null, Allowed)).IsProblem(403, "forbidden");
    }

    [Theory]
    [InlineData("GET", "/scim/v2/Groups", 404)]
    [InlineData("GET", "/scim/v2", 404)]
    [InlineData("GET", "/scim/v3/Users", 404)]
    [InlineData("GET", "/scim/v2/Users/abc", 404)]
    [InlineData("GET", "/scim/v2/Users/0", 404)]
    [InlineData("POST", "/scim/v2/Bulk", 404)]
    [InlineData("BREW", "/scim/v2/Users", 405)]
    [InlineData("DELETE", "/scim/v2/Users", 405)]
    [InlineData("POST", "/scim/v2/Users/1", 405)]
    [InlineData("POST", "/scim/v2/Schemas", 405)]
    [InlineData("GET", "/scim/v2/Users/.search", 405)]
    [InlineData("DELETE", "/scim/v2/Users/.search", 405)]
    public async Task Error_of_routing_has_the_form(string method, string path, int status) =>
        (await service.SendAsync(method, path, null, Allowed)).IsScimError(status);

    /// <summary>RFC 7644 section 4. No scope would help.</summary>
    [Fact]
    public async Task Filter_of_a_description_is_403_without_a_challenge()
    {
        var response = await service.SendAsync("GET", "/scim/v2/Schemas?filter=id pr", null, Allowed);
        response.IsScimError(403);
        Assert.Null(response.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task Error_of_the_body_has_the_form()
    {
        (await service.SendAsync("POST", "/scim/v2/Users", "{}", Allowed, ("Content-Type", "text/plain"))).IsScimError(415);
        (await service.SendAsync("PATCH", "/scim/v2/Users/1", "{}", Allowed, ("Content-Type", "application/merge-patch+json"))).IsScimError(415);
        (await service.SendAsync("POST", "/scim/v2/Users", new string(' ', 70_000), Allowed)).IsScimError(413);
        var unacceptable = await service.SendAsync("GET", "/scim/v2/Users", null, Allowed, ("Accept", "text/html"));
        unacceptable.IsScimError(406);
        Assert.Contains("application/scim+json", unacceptable["detail"].GetString(), StringComparison.Ordinal);
        (await service.GetAsync("/scim/v2/Users", Allowed, ("Accept", "application/json;q=0, application/scim+json"))).Is(200);
        (await service.GetAsync("/scim/v2/Users", Allowed, ("Accept", "application/scim+json"))).Is(200);
        (await service.GetAsync("/scim/v2/Users", Allowed, ("Accept", "application/json"))).Is(200);
        (await service.GetAsync("/api/v1/users", ClosedService.Allowing(Scopes.Read), ("Accept", "application/scim+json")))
            .IsProblem(406, "not-acceptable");
    }

    [Fact]
    public async Task OPTIONS_names_the_methods_and_media_types()
    {
        Assert.Equal("POST, OPTIONS", (await service.SendAsync("OPTIONS", "/scim/v2/Users/.search", null, Allowed)).Is(204).Header("Allow"));
        var users = (await service.SendAsync("OPTIONS", "/scim/v2/Users", null, Allowed)).Is(204);
        Assert.Equal(
            ("GET, HEAD, POST, OPTIONS", "application/scim+json, application/json"), (users.Header("Allow"), users.Header("Accept-Post")));
        var user = (await service.SendAsync("OPTIONS", "/scim/v2/Users/1", null, Allowed)).Is(204);
        Assert.Equal(
            ("DELETE, GET, HEAD, PATCH, PUT, OPTIONS", "application/scim+json, application/json"),
            (user.Header("Allow"), user.Header("Accept-Patch")));
    }

    [Fact]
    public async Task Discovery_describes_what_there_is()
    {
        var configuration = (await service.GetAsync("/scim/v2/ServiceProviderConfig", Allowed)).Is(200);
        Assert.Equal("application/scim+json", configuration.Header("Content-Type"));
        foreach (var (feature, supported) in ((string, bool)[])[
            ("patch", true), ("filter", true), ("etag", true), ("bulk", false), ("sort", false), ("changePassword", false)])
            Assert.Equal((feature, supported), (feature, configuration[feature].GetProperty("supported").GetBoolean()));
        Assert.Equal(200, configuration["filter"].GetProperty("maxResults").GetInt32());
        var types = (await service.GetAsync("/scim/v2/ResourceTypes", Allowed)).Is(200);
        Assert.Equal(["User"], types["Resources"].EnumerateArray().Select(type => type.GetProperty("id").GetString()));
        var schemas = (await service.GetAsync("/scim/v2/Schemas", Allowed)).Is(200)["Resources"].EnumerateArray().ToList();
        Assert.Equal(2, schemas.Count);
        var userName = schemas[0].GetProperty("attributes").EnumerateArray().First();
        Assert.Equal(
            ("userName", "server", true, false),
            (userName.GetProperty("name").GetString(), userName.GetProperty("uniqueness").GetString(), userName.GetProperty("required").GetBoolean(),
                userName.GetProperty("caseExact").GetBoolean()));
    }

    [Fact]
    public async Task Body_that_is_not_UTF_8_is_invalidSyntax() => Assert.Equal(
        "invalidSyntax",
        (await service.SendBytesAsync("POST", "/scim/v2/Users", [.. Encoding.ASCII.GetBytes("{\"a\":\""), 0xFF, 0x22, 0x7D], Allowed))
            .IsScimError(400));
}

/// <summary>A service that allows two requests.</summary>
public sealed class ScimRates(ScimRates.Limited service) : IClassFixture<ScimRates.Limited>
{
    [Fact]
    public async Task Request_over_the_limit_is_429_in_the_form_of_SCIM()
    {
        Response response;
        do response = await service.GetAsync("/scim/v2/Users");
        while (response.Status == 200);
        response.IsScimError(429);
        Assert.Equal("1", response.Header("Retry-After"));
    }

    public sealed class Limited : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [("RateLimiting:PermitsPerSecond", "1"), ("RateLimiting:Burst", "2")];
    }
}

/// <summary>A service whose database lacks its tables.</summary>
public sealed class ScimOutages(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task Request_without_the_database_is_503_in_the_form_of_SCIM()
    {
        await service.ExecuteAsync("ALTER TABLE \"ScimUsers\" RENAME TO \"Gone\"");
        var response = await service.GetAsync("/scim/v2/Users");
        response.IsScimError(503);
        Assert.Equal("1", response.Header("Retry-After"));
        await service.ExecuteAsync("ALTER TABLE \"Gone\" RENAME TO \"ScimUsers\"");
        (await service.GetAsync("/scim/v2/Users")).Is(200);
    }
}
