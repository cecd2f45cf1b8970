using CleanUsers.Application.ApiKeys;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CleanUsers.WebApi.Tests;

/// <summary>Requests with API keys, to a service that requires a token or a key. Each test has keys of its own.</summary>
public sealed class ApiKeyAuthentication(ApiKeyAuthentication.WithClock service) : IClassFixture<ApiKeyAuthentication.WithClock>
{
    private const string Keys = "/api/v1/api-keys";
    private const string Rejected = "Bearer error=\"invalid_token\", error_description=\"The API key is not valid or has expired\"";

    private static readonly string[] AllScopes =
        ["users.read", "users.write", "users.restore", "users.purge", "changes.read", "webhooks.manage", "keys.manage", "scim", "metrics.read"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Key_is_accepted_for_its_scopes_alone()
    {
        var key = Bearer(await CreateAsync("users.read"));
        (await service.GetAsync("/api/v1/users", key)).Is(200);
        var forbidden = (await service.SendAsync("POST", "/api/v1/users", "{}", key)).IsProblem(403, "forbidden");
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"users.write\"", forbidden.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("bearer {0}")]
    [InlineData("BEARER  {0} ")]
    public async Task Spelling_of_the_scheme_does_not_matter(string form)
    {
        var key = await CreateAsync("users.read");
        var header = form.Replace("{0}", key, StringComparison.Ordinal);
        (await service.GetAsync("/api/v1/users", ("Authorization", header))).Is(200);
    }

    [Fact]
    public async Task Actor_of_what_a_key_does_is_key_and_its_id()
    {
        var (id, key) = await CreateWithIdAsync("users.write", "users.read", "keys.manage");
        var user = (await service.SendAsync("POST", "/api/v1/users", """{"email":"actor@example.org"}""", Bearer(key))).Is(201).Header("Location");
        Assert.Equal($"key:{id}", (await service.GetAsync($"{user}/history", Bearer(key))).Is(200)["items"][0].GetProperty("by").GetString());
        var other = (await service.SendAsync("POST", Keys, """{"name":"Other","scopes":["users.read"]}""", Bearer(key))).Is(201);
        Assert.Equal($"key:{id}", other["createdBy"].GetString());
    }

    [Theory]
    [InlineData("cuk_")]
    [InlineData("cuk_short")]
    [InlineData("cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrx")] // mistyped
    [InlineData("cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw")] // unknown
    [InlineData("cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw,Bearer cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw")]
    [InlineData("cuk_000000000000000000000000000000000000")]
    public async Task Mistyped_and_unknown_keys_have_the_same_response(string key)
    {
        foreach (var (method, path) in ((string, string)[])[("GET", "/api/v1/users"), ("POST", Keys), ("OPTIONS", Keys), ("GET", "/nothing")])
        {
            var response = (await service.SendAsync(method, path, null, Bearer(key))).IsProblem(401, "unauthenticated");
            Assert.Equal(Rejected, response.Header("WWW-Authenticate"));
        }
    }

    [Fact]
    public async Task Revoked_key_is_401_at_once_and_then_unknown()
    {
        var (id, key) = await CreateWithIdAsync("users.read");
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        (await service.SendAsync("DELETE", $"{Keys}/{id}", null, Manager)).Is(204);
        Assert.Equal(Rejected, (await service.GetAsync("/api/v1/users", Bearer(key))).Is(401).Header("WWW-Authenticate"));
        (await service.SendAsync("DELETE", $"{Keys}/{id}", null, Manager)).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task Key_that_another_process_revokes_is_401_after_the_seconds_of_the_cache()
    {
        var (id, key) = await CreateWithIdAsync("users.read");
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        await service.ExecuteAsync($"DELETE FROM \"ApiKeys\" WHERE \"Id\" = {id}");
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        service.Clock.Advance(TimeSpan.FromSeconds(5));
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(401);
    }

    [Fact]
    public async Task Expired_key_is_401_from_that_moment_on_although_it_is_remembered()
    {
        var expiresAt = service.Clock.GetUtcNow().AddSeconds(3).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null);
        var key = (await service.SendAsync(
            "POST", Keys, $$"""{"name":"Short","scopes":["users.read"],"expiresAt":"{{expiresAt}}"}""", Manager)).Is(201)["key"].GetString()!;
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        service.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Rejected, (await service.GetAsync("/api/v1/users", Bearer(key))).IsProblem(401, "unauthenticated").Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task Key_before_a_rotation_is_valid_for_24_hours_and_ends_at_once_with_a_second_rotation()
    {
        var (id, first) = await CreateWithIdAsync("users.read");
        var second = await RotateAsync(id);
        (await service.GetAsync("/api/v1/users", Bearer(first))).Is(200);
        (await service.GetAsync("/api/v1/users", Bearer(second))).Is(200);
        var third = await RotateAsync(id);
        (await service.GetAsync("/api/v1/users", Bearer(first))).Is(401);
        (await service.GetAsync("/api/v1/users", Bearer(second))).Is(200);
        service.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMilliseconds(1));
        (await service.GetAsync("/api/v1/users", Bearer(second))).Is(401);
        (await service.GetAsync("/api/v1/users", Bearer(third))).Is(200);
    }

    [Fact]
    public async Task Caller_creates_and_rotates_only_keys_with_scopes_that_it_has()
    {
        var manager = Bearer(await CreateAsync("keys.manage", "users.read"));
        (await service.SendAsync("POST", Keys, """{"name":"Same","scopes":["users.read","keys.manage"]}""", manager)).Is(201);
        var rejected = await service.SendAsync("POST", Keys, """{"name":"More","scopes":["users.read","users.purge","scim"]}""", manager);
        Assert.Equal(
            "The caller lacks these scopes of the API key: users.purge, scim.", rejected.IsProblem(403, "forbidden")["detail"].GetString());
        Assert.StartsWith("Bearer error=\"insufficient_scope\", ", rejected.Header("WWW-Authenticate"), StringComparison.Ordinal);

        var (id, key) = await CreateWithIdAsync("users.purge");
        (await service.SendAsync("POST", $"{Keys}/{id}/rotations", null, manager)).IsProblem(403, "forbidden");
        (await service.GetAsync("/nothing", Bearer(key))).Is(404); // still valid
        (await service.SendAsync("DELETE", $"{Keys}/{id}", null, manager)).Is(204); // less is always allowed
    }

    [Fact]
    public async Task Last_use_is_recorded_in_the_background_at_most_once_a_minute()
    {
        var (id, key) = await CreateWithIdAsync("users.read");
        Assert.Equal(1, (await ReadAsync(id))["version"].GetInt64());
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        var first = await UntilVersionAsync(id, 2);
        Assert.Equal(service.Clock.GetUtcNow(), first["lastUsedAt"].GetDateTimeOffset(), TimeSpan.FromSeconds(30));

        service.Clock.Advance(TimeSpan.FromSeconds(6)); // looked up again
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        await RecordAsync();
        Assert.Equal(first.Body, (await ReadAsync(id)).Body);
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        (await service.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        await UntilVersionAsync(id, 3);
    }

    /// <summary>A key is not a token: its bucket and its stored responses are its own.</summary>
    [Fact]
    public async Task Idempotency_keys_are_those_of_an_API_key()
    {
        var (one, other) = (Bearer(await CreateAsync("users.write")), Bearer(await CreateAsync("users.write")));
        var key = ("Idempotency-Key", "same");
        var first = (await service.SendAsync("POST", "/api/v1/users", """{"email":"one.key@example.org"}""", one, key)).Is(201);
        Assert.Equal("true", (await service.SendAsync("POST", "/api/v1/users", """{"email":"one.key@example.org"}""", one, key)).Is(201)
            .Header("Idempotency-Replayed"));
        Assert.NotEqual(
            first.Body, (await service.SendAsync("POST", "/api/v1/users", """{"email":"other.key@example.org"}""", other, key)).Is(201).Body);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    public async Task Public_resource_is_200_even_with_an_invalid_key(string path) => (await service.GetAsync(path, Bearer("cuk_x"))).Is(200);

    [Fact]
    public async Task No_key_is_in_the_log()
    {
        var created = await CreateAsync("users.read");
        string[] keys = [created, "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrx", "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw"];
        foreach (var key in keys) await service.GetAsync("/api/v1/users?q=abc", Bearer(key));
        await service.SendAsync("POST", "/api/v1/users", $$"""{"{{created}}":1}""", Bearer(created));
        (await service.GetAsync("/last", Bearer(created))).Is(404);
        await service.Signals.LineAsync(line => $"{line}".Contains("\"status\":404", StringComparison.Ordinal));
        var log = string.Join('\n', service.Signals.Lines());
        Assert.DoesNotContain("cuk_", log, StringComparison.Ordinal);
        Assert.DoesNotContain("ApiKeyHandler", log, StringComparison.Ordinal); // one line a request
    }

    private static (string Name, string Value) Manager => ClosedService.Allowing(AllScopes);

    private static (string Name, string Value) Bearer(string key) => ClosedService.Bearer(key);

    private async Task<string> CreateAsync(params string[] scopes) => (await CreateWithIdAsync(scopes)).Key;

    private async Task<(long Id, string Key)> CreateWithIdAsync(params string[] scopes)
    {
        var list = string.Join(',', scopes.Select(scope => $"\"{scope}\""));
        var created = (await service.SendAsync("POST", Keys, $$"""{"name":"Billing","scopes":[{{list}}]}""", Manager)).Is(201);
        return (created["id"].GetInt64(), created["key"].GetString()!);
    }

    private async Task<string> RotateAsync(long id) =>
        (await service.SendAsync("POST", $"{Keys}/{id}/rotations", null, Manager)).Is(201)["key"].GetString()!;

    private async Task<Response> ReadAsync(long id) => (await service.GetAsync($"{Keys}/{id}", Manager)).Is(200);

    private async Task RecordAsync()
    {
        await using var scope = service.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RecordApiKeyUses>().ExecuteAsync(Ct);
    }

    /// <summary>Also by the background service, whose clock this moves.</summary>
    private async Task<Response> UntilVersionAsync(long id, long version)
    {
        for (var i = 0; i < 200; i++, await Task.Delay(20, Ct))
        {
            service.Clock.Advance(TimeSpan.FromSeconds(0.1));
            if (await ReadAsync(id) is var read && read["version"].GetInt64() == version) return read;
        }

        throw new Xunit.Sdk.XunitException("The use was not recorded.");
    }

    public sealed class WithClock : ClosedService
    {
        public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            RemoveFrequentServices(builder);
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(Clock));
        }
    }
}
