using System.Text.RegularExpressions;
using CleanUsers.WebApi.Security;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>Every route, with each scope alone, with none, and without a token.</summary>
public sealed class ScopeMatrix(ClosedService service) : IClassFixture<ClosedService>
{
    /// <summary>Every scope of the service, and values that are none of them.</summary>
    private static readonly string[] Granted =
    [
        .. typeof(Scopes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!),
        "users", "USERS.READ", "",
    ];

    private static readonly Dictionary<(Service, string), (string Name, string Value)> Keys = [];

    public static TheoryData<string, string, string, int> Routes => new()
    {
        // no user has these ids: a request with the scope is 404, and one without it does not reveal even that
        { "GET", "/api/v1/users", Scopes.Read, 200 },
        { "HEAD", "/api/v1/users", Scopes.Read, 200 },
        { "POST", "/api/v1/users", Scopes.Write, 415 },
        { "GET", "/api/v1/users/999", Scopes.Read, 404 },
        { "HEAD", "/api/v1/users/999", Scopes.Read, 404 },
        { "PUT", "/api/v1/users/999", Scopes.Write, 415 },
        { "PATCH", "/api/v1/users/999", Scopes.Write, 415 },
        { "DELETE", "/api/v1/users/999", Scopes.Write, 404 },
        { "GET", "/api/v1/users/999/history", Scopes.Read, 404 },
        { "HEAD", "/api/v1/users/999/history", Scopes.Read, 404 },
        { "GET", "/api/v1/users/999/emails", Scopes.Read, 404 },
        { "HEAD", "/api/v1/users/999/emails", Scopes.Read, 404 },
        { "POST", "/api/v1/users/999/emails", Scopes.Write, 415 },
        { "GET", "/api/v1/users/999/emails/999", Scopes.Read, 404 },
        { "HEAD", "/api/v1/users/999/emails/999", Scopes.Read, 404 },
        { "GET", "/api/v1/deleted-users", Scopes.Restore, 200 },
        { "HEAD", "/api/v1/deleted-users", Scopes.Restore, 200 },
        { "GET", "/api/v1/deleted-users/999", Scopes.Restore, 404 },
        { "HEAD", "/api/v1/deleted-users/999", Scopes.Restore, 404 },
        { "GET", "/api/v1/deleted-users/999/history", Scopes.Restore, 404 },
        { "HEAD", "/api/v1/deleted-users/999/history", Scopes.Restore, 404 },
        { "GET", "/api/v1/changes", Scopes.Changes, 200 },
        { "HEAD", "/api/v1/changes", Scopes.Changes, 200 },
        { "PATCH", "/api/v1/deleted-users/999", Scopes.Restore, 415 },
        { "DELETE", "/api/v1/deleted-users/999", Scopes.Purge, 404 },
        { "GET", "/api/v1/webhooks", Scopes.Webhooks, 200 },
        { "HEAD", "/api/v1/webhooks", Scopes.Webhooks, 200 },
        { "POST", "/api/v1/webhooks", Scopes.Webhooks, 415 },
        { "GET", "/api/v1/webhooks/999", Scopes.Webhooks, 404 },
        { "HEAD", "/api/v1/webhooks/999", Scopes.Webhooks, 404 },
        { "PATCH", "/api/v1/webhooks/999", Scopes.Webhooks, 415 },
        { "DELETE", "/api/v1/webhooks/999", Scopes.Webhooks, 404 },
        { "POST", "/api/v1/webhooks/999/secrets", Scopes.Webhooks, 404 },
        { "GET", "/api/v1/webhooks/999/deliveries", Scopes.Webhooks, 404 },
        { "HEAD", "/api/v1/webhooks/999/deliveries", Scopes.Webhooks, 404 },
        { "POST", "/api/v1/webhooks/999/redeliveries", Scopes.Webhooks, 415 },
        { "GET", "/api/v1/api-keys", Scopes.Keys, 200 },
        { "HEAD", "/api/v1/api-keys", Scopes.Keys, 200 },
        { "POST", "/api/v1/api-keys", Scopes.Keys, 415 },
        { "GET", "/api/v1/api-keys/999", Scopes.Keys, 404 },
        { "HEAD", "/api/v1/api-keys/999", Scopes.Keys, 404 },
        { "DELETE", "/api/v1/api-keys/999", Scopes.Keys, 404 },
        { "POST", "/api/v1/api-keys/999/rotations", Scopes.Keys, 404 },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_allows_only_its_scope(string method, string path, string needed, int success)
    {
        Assert.Contains(needed, Granted);
        (await service.SendAsync(method, path, null, ClosedService.Allowing(needed))).Is(success);
        foreach (var scope in Granted.Where(scope => scope != needed))
        {
            var response = await service.SendAsync(method, path, null, ClosedService.Allowing(scope));
            _ = method == "HEAD" ? response.Is(403) : response.IsProblem(403, "forbidden");
            Assert.Equal($"Bearer error=\"insufficient_scope\", scope=\"{needed}\"", response.Header("WWW-Authenticate"));
        }

        Assert.Equal("Bearer", (await service.SendAsync(method, path)).Is(401).Header("WWW-Authenticate"));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Route_allows_only_API_keys_with_its_scope(string method, string path, string needed, int success)
    {
        (await service.SendAsync(method, path, null, await KeyOfAsync(needed))).Is(success);
        foreach (var scope in Scopes.All.Where(scope => scope != needed))
        {
            var response = await service.SendAsync(method, path, null, await KeyOfAsync(scope));
            _ = method == "HEAD" ? response.Is(403) : response.IsProblem(403, "forbidden");
            Assert.Equal($"Bearer error=\"insufficient_scope\", scope=\"{needed}\"", response.Header("WWW-Authenticate"));
        }
    }

    [Fact]
    public void Every_scope_can_be_that_of_an_API_key() => Assert.Equal(Granted[..^3].Order(), Scopes.All.Order());

    [Theory]
    [InlineData("/api/v1/users")]
    [InlineData("/api/v1/users/999/emails")]
    public async Task Request_with_an_idempotency_key_needs_the_same_scope(string path)
    {
        var key = ("Idempotency-Key", "matrix");
        (await service.SendAsync("POST", path, null, ClosedService.Allowing(Scopes.Write), key)).Is(415);
        foreach (var scope in Granted.Where(scope => scope != Scopes.Write))
            (await service.SendAsync("POST", path, null, ClosedService.Allowing(scope), key)).IsProblem(403, "forbidden");
        Assert.Equal("Bearer", (await service.SendAsync("POST", path, null, key)).Is(401).Header("WWW-Authenticate"));
    }

    [Fact]
    public void Every_route_of_the_description_is_in_the_matrix()
    {
        var described = DescribedContract.Operations
            .Where(operation => operation.Path.StartsWith("/api", StringComparison.Ordinal) && operation.Method != "options")
            .Select(operation => $"{operation.Method.ToUpperInvariant()} {operation.Path}")
            .Select(operation => operation.Replace("{id}", "999", StringComparison.Ordinal).Replace("{emailId}", "999", StringComparison.Ordinal));
        Assert.Equal(described.Order(), Routes.Select(route => $"{route.Data.Item1} {route.Data.Item2}").Order());
    }

    [Theory]
    [InlineData("POST", "/api/v1/users")]
    [InlineData("PUT", "/api/v1/users/1")]
    [InlineData("PATCH", "/api/v1/deleted-users/1")]
    public async Task Body_of_a_forbidden_request_is_not_read(string method, string path) =>
        (await service.SendBytesAsync(method, path, new byte[50_000], ClosedService.Allowing(Scopes.Read))).IsProblem(403, "forbidden");

    public static TheoryData<object> SpellingsOfScopes =>
    [
        "users.read",
        "users.write users.read",
        (string[])["users.read"],
        (string[])["users.purge", "users.read"],
        (string[])["users.purge users.read"],
    ];

    [Theory]
    [MemberData(nameof(SpellingsOfScopes))]
    public async Task Scopes_are_a_string_or_an_array_in_scope_or_scp(object scopes)
    {
        foreach (var claim in (string[])["scope", "scp"])
        {
            var token = ClosedService.Token(("scope", null), (claim, scopes));
            (await service.GetAsync("/api/v1/users", ClosedService.Bearer(token))).Is(200);
        }
    }

    [Theory]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("TRACE", "/api/v1/users", 405)]
    [InlineData("OPTIONS", "/api/v1/users", 204)]
    public async Task Request_outside_the_routes_needs_a_token_with_any_scope(string method, string path, int status)
    {
        (await service.SendAsync(method, path, null, ClosedService.Allowing(""))).Is(status);
        (await service.SendAsync(method, path)).IsProblem(401, "unauthenticated");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/problems/forbidden")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/")]
    public async Task Public_resource_is_200_even_with_an_invalid_token(string path)
    {
        (await service.GetAsync(path)).Is(200);
        (await service.GetAsync(path, ClosedService.Bearer("nonsense"))).Is(200);
    }

    /// <summary>Every route of the running service: OPTIONS of a resource needs a token only where GET needs one.</summary>
    [Fact]
    public async Task OPTIONS_and_unsupported_methods_are_as_public_as_GET()
    {
        var endpoints = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var paths = endpoints.Select(endpoint => PathOf(endpoint.RoutePattern.RawText!)).Distinct().ToList();
        var open = new List<string>();
        foreach (var path in paths)
        {
            var isOpen = (await service.GetAsync(path)).Status != 401;
            if (isOpen) open.Add(path);
            Assert.Equal((path, isOpen ? 204 : 401), (path, (await service.SendAsync("OPTIONS", path)).Status));
            Assert.Equal((path, isOpen ? 405 : 401), (path, (await service.SendAsync("BREW", path)).Status));
        }

        Assert.Superset(new HashSet<string> { "/", "/health/live", "/health/ready", "/problems/1", "/openapi/v1.json" }, open.ToHashSet());
        Assert.Superset(
            new HashSet<string> { "/api/v1/users", "/api/v1/users/1", "/api/v1/deleted-users/1", "/metrics" }, paths.Except(open).ToHashSet());
    }

    /// <summary>With 1 for every parameter.</summary>
    private static string PathOf(string route) =>
        "/" + Regex.Replace(route, @"\{[^}]*\}", "1", RegexOptions.None, TimeSpan.FromSeconds(30)).Trim('/');

    /// <summary>A header with an API key that has one scope.</summary>
    private async Task<(string Name, string Value)> KeyOfAsync(string scope)
    {
        if (Keys.TryGetValue((service, scope), out var header)) return header;
        var created = await service.SendAsync(
            "POST", "/api/v1/api-keys", $$"""{"name":"Matrix","scopes":["{{scope}}"]}""", ClosedService.Allowing([.. Scopes.All]));
        return Keys[(service, scope)] = ClosedService.Bearer(created.Is(201)["key"].GetString()!);
    }
}
