namespace CleanUsers.WebApi.Tests;

public abstract class ConditionsAndRaces(Service service)
{
    // races depend on chance: CLEANUSERS_TEST_ROUNDS=200 runs more rounds
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CLEANUSERS_TEST_ROUNDS") ?? "5", null);

    private readonly Service _service = service.Present();

    [Fact]
    public async Task Stale_entity_tag_is_412_and_changes_nothing()
    {
        var id = await _service.CreateAsync("stale@example.org");
        var user = $"/api/v1/users/{id}";
        var before = (await _service.SendAsync("PATCH", user, """{"age":1}""")).Is(200);
        foreach (var tag in (string[])["\"1\"", "\"3\"", "W/\"2\"", "\"02\"", "\"x\"", "\"\""])
        {
            (await _service.SendAsync("PATCH", user, """{"age":2}""", ("If-Match", tag))).IsProblem(412, "version-mismatch");
            (await _service.SendAsync("PUT", user, """{"email":"x@y","role":"User","status":"Active"}""", ("If-Match", tag)))
                .IsProblem(412, "version-mismatch");
            (await _service.SendAsync("DELETE", user, null, ("If-Match", tag))).IsProblem(412, "version-mismatch");
        }

        Assert.Equal(before.Body, (await _service.GetAsync(user)).Body);
    }

    [Fact]
    public async Task Matching_entity_tag_list_or_asterisk_allows_the_write()
    {
        var id = await _service.CreateAsync("right@example.org");
        var user = $"/api/v1/users/{id}";
        (await _service.SendAsync("PATCH", user, """{"age":1}""", ("If-Match", "\"1\""))).Is(200);
        (await _service.SendAsync("PATCH", user, """{"age":2}""", ("If-Match", "\"9\", \"2\""))).Is(200);
        (await _service.SendAsync("PATCH", user, """{"age":3}""", ("If-Match", "*"))).Is(200);
        (await _service.SendAsync("DELETE", user, null, ("If-Match", "\"4\""))).Is(204);
    }

    [Fact]
    public async Task Condition_on_a_missing_user_is_404() =>
        (await _service.SendAsync("PATCH", "/api/v1/users/999999", """{"age":1}""", ("If-Match", "*"))).IsProblem(404, "user-not-found");

    /// <summary>RFC 9110 section 8.8.3: a backslash is an ordinary character of a tag.</summary>
    [Fact]
    public async Task Backslash_is_part_of_an_entity_tag()
    {
        var id = await _service.CreateAsync($"b{Guid.NewGuid():N}@example.org");
        (await _service.GetAsync($"/api/v1/users/{id}", ("If-None-Match", "\"C:\\\", \"1\""))).Is(304);
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":1}""", ("If-Match", "\"C:\\\", \"1\""))).Is(200);
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":2}""", ("If-Match", "\"C:\\\""))).IsProblem(412, "version-mismatch");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"1")]
    [InlineData("W/1")]
    [InlineData("w/\"1\"")]
    [InlineData("*, \"1\"")]
    [InlineData("\"1\" \"2\"")]
    public async Task Malformed_entity_tag_header_is_400(string tags)
    {
        var id = await _service.CreateAsync($"t{Guid.NewGuid():N}@example.org");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":1}""", ("If-Match", tags)))
            .HasErrors("header If-Match invalid-entity-tag");
        (await _service.GetAsync($"/api/v1/users/{id}", ("If-None-Match", tags))).HasErrors("header If-None-Match invalid-entity-tag");
    }

    [Fact]
    public async Task If_None_Match_on_a_write_is_412_when_it_matches()
    {
        var id = await _service.CreateAsync("none@example.org");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":1}""", ("If-None-Match", "*"))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":1}""", ("If-None-Match", "\"1\""))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":1}""", ("If-None-Match", "\"2\""))).Is(200);
    }

    [Fact]
    public async Task If_Match_on_a_read_is_412_when_it_does_not_match()
    {
        var id = await _service.CreateAsync("read@example.org");
        (await _service.GetAsync($"/api/v1/users/{id}", ("If-Match", "\"2\""))).IsProblem(412, "version-mismatch");
        (await _service.GetAsync($"/api/v1/users/{id}", ("If-Match", "\"x\""))).IsProblem(412, "version-mismatch");
        (await _service.GetAsync($"/api/v1/users/{id}", ("If-Match", "\"1\""))).Is(200);
    }

    [Fact]
    public async Task Twelve_concurrent_creates_of_one_email_create_one_user()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var body = $$"""{"email":"race{{round}}@example.org"}""";
            var statuses = (await AtOnceAsync(12, _ => _service.SendAsync("POST", "/api/v1/users", body))).Select(
                response => response.Status).Order();
            Assert.Equal([201, .. Enumerable.Repeat(409, 11)], statuses);
        }
    }

    [Fact]
    public async Task Twenty_concurrent_patches_are_all_applied()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = await _service.CreateAsync($"busy{round}@example.org");
            string[] patches = [
                """{"name":"n"}""", """{"age":99}""", """{"role":"Admin"}""", """{"status":"Inactive"}""",
                $$"""{"email":"busier{{round}}@example.org"}"""];
            var responses = await AtOnceAsync(20, i => _service.SendAsync(
                "PATCH", $"/api/v1/users/{id}", i < patches.Length ? patches[i] : $$"""{"name":"n{{i}}"}"""));
            Assert.All(responses, response => response.Is(200));
            var user = await _service.GetAsync($"/api/v1/users/{id}");
            Assert.Equal(21, user["version"].GetInt64());
            Assert.Equal((99, "Admin", "Inactive", $"busier{round}@example.org"),
                (user["age"].GetInt32(), user["role"].GetString(), user["status"].GetString(), user["email"].GetString()));
            Assert.Equal(
                Enumerable.Range(2, 20).Select(version => (long)version), responses.Select(response => response["version"].GetInt64()).Order());
        }
    }

    [Fact]
    public async Task One_of_twelve_concurrent_patches_with_the_same_entity_tag_succeeds()
    {
        var id = await _service.CreateAsync("tagged@example.org");
        var responses = await AtOnceAsync(
            12, i => _service.SendAsync("PATCH", $"/api/v1/users/{id}", $$"""{"age":{{i + 1}}}""", ("If-Match", "\"1\"")));
        Assert.Equal([200, .. Enumerable.Repeat(412, 11)], responses.Select(response => response.Status).Order());
        Assert.Equal(2, (await _service.GetAsync($"/api/v1/users/{id}"))["version"].GetInt64());
    }

    [Fact]
    public async Task Concurrent_PUTs_without_an_entity_tag_overwrite_each_other_completely()
    {
        var id = await _service.CreateAsync("whole@example.org");
        var responses = await AtOnceAsync(12, i => _service.SendAsync(
            "PUT", $"/api/v1/users/{id}", $$"""{"email":"w{{i}}@example.org","name":"n{{i}}","age":{{i}},"role":"User","status":"Active"}"""));
        Assert.All(responses, response => response.Is(200));
        var user = await _service.GetAsync($"/api/v1/users/{id}");
        Assert.Equal(($"w{user["age"]}@example.org", $"n{user["age"]}"), (user["email"].GetString(), user["name"].GetString()));
    }

    [Fact]
    public async Task One_of_the_concurrent_deletes_and_restores_succeeds()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = await _service.CreateAsync($"once{round}@example.org");
            var deletes = await AtOnceAsync(10, _ => _service.SendAsync("DELETE", $"/api/v1/users/{id}"));
            Assert.Equal([204, .. Enumerable.Repeat(404, 9)], deletes.Select(response => response.Status).Order());
            var restores = await AtOnceAsync(10, _ => _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}"""));
            Assert.Equal([200, .. Enumerable.Repeat(404, 9)], restores.Select(response => response.Status).Order());
        }
    }

    private static Task<Response[]> AtOnceAsync(int clients, Func<int, Task<Response>> send) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(i => Task.Run(() => send(i))));
}

public sealed class ConditionsAndRacesOnSqlite(ServiceOnSqlite service) : ConditionsAndRaces(service), IClassFixture<ServiceOnSqlite>;

public sealed class ConditionsAndRacesOnSqlServer(ServiceOnSqlServer service) : ConditionsAndRaces(service), IClassFixture<ServiceOnSqlServer>;

public sealed class ConditionsAndRacesOnPostgreSql(ServiceOnPostgreSql service) : ConditionsAndRaces(service), IClassFixture<ServiceOnPostgreSql>;
