using System.Text.Json;

namespace CleanUsers.WebApi.Tests;

public abstract class ApiKeyResource(Service service)
{
    private const string Keys = "/api/v1/api-keys";

    private readonly Service _service = service.Present();

    [Fact]
    public async Task POST_creates_a_key_and_shows_it_once()
    {
        var created = (await PostAsync(
            """{"name":" Grüße ","scopes":["users.write","users.read"],"expiresAt":"2999-01-01T00:00:00+01:00"}""")).Is(201);
        Assert.Equal($"{Keys}/{created["id"]}", created.Header("Location"));
        Assert.Equal(("\"1\"", "no-store"), (created.Header("ETag"), created.Header("Cache-Control")));
        var key = created["key"].GetString()!;
        Assert.Matches("^cuk_[0-9A-Za-z]{36}$", key);
        Assert.Equal(
            ("Grüße", """["users.read","users.write"]""", "2998-12-31T23:00:00.000Z", key[..10], "anonymous", JsonValueKind.Null),
            (created["name"].GetString(), created["scopes"].GetRawText(), created["expiresAt"].GetString(), created["start"].GetString(),
                created["createdBy"].GetString(), created["lastUsedAt"].ValueKind));

        var read = (await _service.GetAsync(created.Header("Location")!)).Is(200);
        Assert.Equal(created.Body.Replace($",\"key\":\"{key}\"", "", StringComparison.Ordinal), read.Body);
        Assert.DoesNotContain(key, (await _service.GetAsync(Keys)).Is(200).Body, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await PostAsync("""{"name":"Eternal","scopes":["scim"]}""")).Is(201)["expiresAt"].ValueKind);
    }

    [Theory]
    [InlineData("""{}""", "pointer #/name required", "pointer #/scopes required")]
    [InlineData("""{"name":null,"scopes":null}""", "pointer #/name required", "pointer #/scopes required")]
    [InlineData("""{"name":7,"scopes":"users.read"}""", "pointer #/name wrong-type", "pointer #/scopes wrong-type")]
    [InlineData("""{"name":" ","scopes":[]}""", "pointer #/name too-short", "pointer #/scopes too-short")]
    [InlineData("""{"name":"a\nb","scopes":["users.reads"]}""", "pointer #/name invalid-character", "pointer #/scopes unknown-value")]
    [InlineData("""{"name":"Bill","scopes":["USERS.READ"]}""", "pointer #/scopes unknown-value")]
    [InlineData("""{"name":"Bill","scopes":["users.read users.write"]}""", "pointer #/scopes unknown-value")]
    [InlineData("""{"name":"Bill","scopes":[""]}""", "pointer #/scopes unknown-value")]
    [InlineData("""{"name":"Bill","scopes":[null]}""", "pointer #/scopes wrong-type")]
    [InlineData("""{"name":"Bill","scopes":["users.read","users.read"]}""", "pointer #/scopes repeated")]
    [InlineData("""{"name":"Bill","scopes":["users.read"],"expiresAt":"2026-01-01T00:00:00Z"}""", "pointer #/expiresAt not-in-the-future")]
    [InlineData("""{"name":"Bill","scopes":["users.read"],"expiresAt":"tomorrow"}""", "pointer #/expiresAt invalid-timestamp")]
    [InlineData("""{"name":"Bill","scopes":["users.read"],"expiresAt":4102444800}""", "pointer #/expiresAt wrong-type")]
    [InlineData("""{"name":"Bill","scopes":["users.read"],"key":"cuk_mine"}""", "pointer #/key unknown-member")]
    public async Task Invalid_key_is_rejected(string body, params string[] errors) => (await PostAsync(body)).HasErrors(errors);

    [Fact]
    public async Task Name_has_at_most_200_characters()
    {
        (await PostAsync($$"""{"name":"{{new string('é', 200)}}","scopes":["users.read"]}""")).Is(201);
        (await PostAsync($$"""{"name":"{{new string('é', 201)}}","scopes":["users.read"]}""")).HasErrors("pointer #/name too-long");
    }

    [Fact]
    public async Task Conditions_are_those_of_users()
    {
        var path = await CreateAsync();
        (await _service.GetAsync(path, ("If-None-Match", "\"1\""))).Is(304);
        (await _service.SendAsync("DELETE", path, null, ("If-Match", "\"2\""))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("DELETE", path, null, ("If-Match", "\"1\""))).Is(204);
        (await _service.GetAsync(path)).IsProblem(404, "not-found");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/rotations")]
    public async Task Unknown_key_is_404(string method, string path) => Assert.Equal(
        "API key 999999999 not found.",
        (await _service.SendAsync(method, $"{Keys}/999999999{path}")).IsProblem(404, "not-found")["detail"].GetString());

    [Fact]
    public async Task Rotation_shows_a_new_key_and_when_the_one_before_expires()
    {
        var created = (await PostAsync("""{"name":"Billing","scopes":["users.read"]}""")).Is(201);
        var rotated = (await _service.SendAsync("POST", $"{created.Header("Location")}/rotations")).Is(201);
        Assert.Equal("no-store", rotated.Header("Cache-Control"));
        Assert.NotEqual(created["key"].GetString(), rotated["key"].GetString());
        Assert.InRange((rotated["previousKeyExpiresAt"].GetDateTimeOffset() - created["createdAt"].GetDateTimeOffset()).TotalHours, 24, 24.1);
        var read = (await _service.GetAsync(created.Header("Location")!)).Is(200);
        Assert.Equal(("\"2\"", rotated["key"].GetString()![..10]), (read.Header("ETag"), read["start"].GetString()));
        (await _service.SendAsync("POST", $"{created.Header("Location")}/rotations?x=1")).HasErrors("parameter x unknown-parameter");
    }

    [Fact]
    public async Task Expired_key_is_listed_and_not_rotated()
    {
        var path = await CreateAsync();
        var start = (await _service.GetAsync(path))["start"].GetString();
        await _service.ExecuteAsync($"""UPDATE "ApiKeys" SET "ExpiresAt" = "CreatedAt" WHERE "Start" = '{start}'""");
        (await _service.SendAsync("POST", $"{path}/rotations")).IsProblem(409, "api-key-expired");
        Assert.Contains($"\"{start}\"", (await _service.GetAsync(Keys)).Is(200).Body, StringComparison.Ordinal);
        (await _service.SendAsync("DELETE", path)).Is(204);
    }

    [Fact]
    public async Task Keys_are_listed_newest_first_page_by_page()
    {
        var paths = new List<string>();
        for (var i = 0; i < 3; i++) paths.Add(await CreateAsync());
        var first = (await _service.GetAsync($"{Keys}?pageSize=2")).Is(200);
        Assert.Equal([paths[2], paths[1]], first["items"].EnumerateArray().Select(key => $"{Keys}/{key.GetProperty("id")}"));
        var second = (await _service.GetAsync($"{Keys}?pageSize=1&cursor={first["nextCursor"]}")).Is(200);
        Assert.Equal(paths[0], $"{Keys}/{second["items"][0].GetProperty("id")}");
        (await _service.GetAsync($"{Keys}?cursor=x")).HasErrors("parameter cursor invalid-cursor");
        (await _service.GetAsync($"/api/v1/webhooks?cursor={first["nextCursor"]}")).HasErrors("parameter cursor invalid-cursor");
    }

    /// <summary>A stored response would hold the key.</summary>
    [Fact]
    public async Task Idempotency_key_is_ignored()
    {
        const string Body = """{"name":"Billing","scopes":["users.read"]}""";
        var first = (await _service.SendAsync("POST", Keys, Body, ("Idempotency-Key", "k"))).Is(201);
        var second = (await _service.SendAsync("POST", Keys, Body, ("Idempotency-Key", "k"))).Is(201);
        Assert.NotEqual(first["key"].GetString(), second["key"].GetString());
    }

    /// <summary>All columns of all tables: only the digest is stored.</summary>
    [Fact]
    public async Task Key_is_nowhere_in_the_database()
    {
        var key = (await PostAsync("""{"name":"Billing","scopes":["users.read"]}""")).Is(201)["key"].GetString()!;
        await using var connection = _service.ConnectToDatabase();
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT * FROM \"ApiKeys\"";
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var values = new List<string>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            for (var i = 0; i < rows.FieldCount; i++) values.Add($"{rows.GetValue(i)}");
        Assert.Contains(key[..10], values);
        Assert.DoesNotContain(values, value => value.Contains(key[..11], StringComparison.Ordinal));
    }

    private Task<Response> PostAsync(string body) => _service.SendAsync("POST", Keys, body);

    private async Task<string> CreateAsync() => (await PostAsync("""{"name":"Billing","scopes":["users.read"]}""")).Is(201).Header("Location")!;
}

public sealed class ApiKeyResourceOnSqlite(ServiceOnSqlite service) : ApiKeyResource(service), IClassFixture<ServiceOnSqlite>;

public sealed class ApiKeyResourceOnSqlServer(ServiceOnSqlServer service) : ApiKeyResource(service), IClassFixture<ServiceOnSqlServer>;

public sealed class ApiKeyResourceOnPostgreSql(ServiceOnPostgreSql service) : ApiKeyResource(service), IClassFixture<ServiceOnPostgreSql>;
