namespace CleanUsers.WebApi.Tests;

public abstract class IdempotencyKeys(Service service)
{
    private readonly Service _service = service.Present();

    [Fact]
    public async Task Retry_gets_the_same_response_and_creates_no_second_user()
    {
        const string Body = """{"email":"once@example.org","name":"Zoë"}""";
        var first = await PostAsync(Body, "key-1");
        var second = await PostAsync(Body, "\"key-1\""); // the draft's quoted string
        Assert.Null(first.Is(201).Header("Idempotency-Replayed"));
        Assert.Equal("true", second.Is(201).Header("Idempotency-Replayed"));
        Assert.Equal((first.Body, first.Header("Location"), first.Header("ETag"), first.Header("Content-Type")),
            (second.Body, second.Header("Location"), second.Header("ETag"), second.Header("Content-Type")));
        Assert.Equal(1, (await _service.GetAsync("/api/v1/users?email=once@example.org"))["items"].GetArrayLength());
    }

    [Fact]
    public async Task Retry_with_a_trailing_slash_gets_the_same_response()
    {
        const string Body = """{"email":"slash@example.org"}""";
        var first = (await PostAsync(Body, "key-6")).Is(201);
        Assert.Equal(first.Body, (await _service.SendAsync("POST", "/api/v1/users/", Body, ("Idempotency-Key", "key-6"))).Is(201).Body);
    }

    [Fact]
    public async Task Replay_has_the_original_response_and_not_the_current_state()
    {
        const string Body = """{"email":"then@example.org"}""";
        var first = await PostAsync(Body, "key-2");
        (await _service.SendAsync("PATCH", first.Is(201).Header("Location")!, """{"age":7}""")).Is(200);
        (await _service.SendAsync("DELETE", first.Header("Location")!)).Is(204);
        Assert.Equal(first.Body, (await PostAsync(Body, "key-2")).Is(201).Body);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_422()
    {
        (await PostAsync("""{"email":"a1@example.org"}""", "key-3")).Is(201);
        (await PostAsync("""{"email":"a2@example.org"}""", "key-3")).IsProblem(422, "idempotency-key-reused");
        Assert.Equal(0, (await _service.GetAsync("/api/v1/users?email=a2@example.org"))["items"].GetArrayLength());
    }

    [Fact]
    public async Task Rejected_request_is_not_stored()
    {
        await _service.CreateAsync("taken@example.org");
        const string Body = """{"email":"taken@example.org"}""";
        (await PostAsync(Body, "key-4")).IsProblem(409, "email-taken");
        (await PostAsync("""{"email":"x"}""", "key-4")).HasErrors("pointer #/email invalid-email");
        var id = (await _service.GetAsync("/api/v1/users?email=taken@example.org"))["items"][0].GetProperty("id").GetInt64();
        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        (await PostAsync(Body, "key-4")).Is(201);
    }

    [Fact]
    public async Task Sixteen_concurrent_requests_with_one_key_create_one_user()
    {
        var responses = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => PostAsync("""{"email":"sixteen@example.org"}""", "key-5"))));
        Assert.All(responses, response => response.Is(201));
        Assert.Single(responses.Select(response => response["id"].GetInt64()).Distinct());
        Assert.Equal(15, responses.Count(response => response.Header("Idempotency-Replayed") == "true"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("two words")]
    [InlineData("\"two words\"")]
    [InlineData("\"open")]
    [InlineData("\"")]
    [InlineData("\"k\";p=1")]
    [InlineData("\"a\\b\"")]
    public async Task Invalid_key_is_reported_with_all_other_errors(string key) =>
        (await PostAsync("""{"email":"x"}""", key)).HasErrors("header Idempotency-Key invalid-key", "pointer #/email invalid-email");

    [Fact]
    public async Task Key_of_more_than_255_characters_is_400()
    {
        (await PostAsync("""{"email":"l1@example.org"}""", new string('k', 255))).Is(201);
        (await PostAsync("""{"email":"l2@example.org"}""", new string('k', 256))).HasErrors("header Idempotency-Key invalid-key");
    }

    private Task<Response> PostAsync(string body, string key) => _service.SendAsync("POST", "/api/v1/users", body, ("Idempotency-Key", key));
}

public sealed class IdempotencyKeysOnSqlite(ServiceOnSqlite service) : IdempotencyKeys(service), IClassFixture<ServiceOnSqlite>;

public sealed class IdempotencyKeysOnSqlServer(ServiceOnSqlServer service) : IdempotencyKeys(service), IClassFixture<ServiceOnSqlServer>;

public sealed class IdempotencyKeysOnPostgreSql(ServiceOnPostgreSql service) : IdempotencyKeys(service), IClassFixture<ServiceOnPostgreSql>;
