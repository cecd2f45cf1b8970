namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Who can reach a service that requires no token can create keys. They must not outlive that: the same database may be served to callers with
/// tokens only later.
/// </summary>
public sealed class AnonymousApiKeys(AnonymousAccess.WithTokens open, ClosedService closed)
    : IClassFixture<AnonymousAccess.WithTokens>, IClassFixture<ClosedService>
{
    private const string Keys = "/api/v1/api-keys";
    private const string Everything = """{"name":"Everything","scopes":["users.read","keys.manage"]}""";

    [Fact]
    public async Task Key_that_was_made_without_a_token_or_with_such_a_key_is_anonymous()
    {
        var first = (await open.SendAsync("POST", Keys, Everything)).Is(201);
        var bearer = Bearer(first);
        (await open.GetAsync("/api/v1/users", bearer)).Is(200);
        var second = (await open.SendAsync("POST", Keys, Everything, bearer)).Is(201);
        var byToken = (await open.SendAsync("POST", Keys, Everything, ClosedService.Allowing("keys.manage", "users.read"))).Is(201);
        Assert.Equal((true, true, false), (await IsAnonymousAsync(first), await IsAnonymousAsync(second), await IsAnonymousAsync(byToken)));

        (await open.SendAsync("POST", $"{byToken.Header("Location")}/rotations")).Is(201);
        Assert.True(await IsAnonymousAsync(byToken));
    }

    [Fact]
    public async Task Anonymous_key_is_401_where_a_token_is_required()
    {
        var (key, anonymous) = (await CreateAsync(), await CreateAsync());
        await closed.ExecuteAsync($"UPDATE \"ApiKeys\" SET \"IsAnonymous\" = 1 WHERE \"Id\" = {anonymous["id"]}");
        (await closed.GetAsync("/api/v1/users", Bearer(key))).Is(200);
        (await closed.GetAsync("/api/v1/users", Bearer(anonymous))).IsProblem(401, "unauthenticated");

        async Task<Response> CreateAsync() =>
            (await closed.SendAsync("POST", Keys, Everything, ClosedService.Allowing("keys.manage", "users.read"))).Is(201);
    }

    /// <summary>The issuer's claim of that name is not the service's own.</summary>
    [Fact]
    public async Task Key_that_was_made_with_a_token_that_has_the_claim_anonymous_is_not_anonymous()
    {
        var token = ClosedService.Bearer(ClosedService.Token(("scope", "keys.manage users.read"), ("anonymous", false)));
        var key = (await closed.SendAsync("POST", Keys, Everything, token)).Is(201);
        (await closed.GetAsync("/api/v1/users", Bearer(key))).Is(200);
    }

    [Fact]
    public async Task Key_is_limited_to_its_scopes_where_no_token_is_required()
    {
        var key = (await open.SendAsync("POST", Keys, """{"name":"Reader","scopes":["users.read"]}""")).Is(201)["key"].GetString()!;
        (await open.SendAsync("DELETE", "/api/v1/users/1", null, ClosedService.Bearer(key))).IsProblem(403, "forbidden");
        (await open.GetAsync("/api/v1/users", ClosedService.Bearer(key[..^1]))).IsProblem(401, "unauthenticated");
    }

    private static (string Name, string Value) Bearer(Response created) => ClosedService.Bearer(created["key"].GetString()!);

    private async Task<bool> IsAnonymousAsync(Response created)
    {
        await using var connection = open.ConnectToDatabase();
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // a number
        command.CommandText = $"SELECT \"IsAnonymous\" FROM \"ApiKeys\" WHERE \"Id\" = {created["id"].GetInt64()}";
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))! == 1;
    }
}
