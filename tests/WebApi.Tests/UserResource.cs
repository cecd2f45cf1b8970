namespace CleanUsers.WebApi.Tests;

public abstract class UserResource(Service service)
{
    private readonly Service _service = service.Present();

    private const string Instant = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$";

    [Fact]
    public async Task POST_is_201_with_user_location_and_entity_tag()
    {
        var response = await _service.SendAsync(
            "POST", "/api/v1/users", """{"email":"Ada+1@Example.org","name":" Ada ","age":36,"role":"admin","status":"INACTIVE"}""");
        response.Is(201);
        var id = response["id"].GetInt64();
        Assert.True(id > 0);
        Assert.Equal($"/api/v1/users/{id}", response.Header("Location"));
        Assert.Equal("\"1\"", response.Header("ETag"));
        Assert.Equal("application/json", response.Header("Content-Type"));
        Assert.Equal("1.0", response.Header("api-supported-versions"));
        var created = response["createdAt"].GetString()!;
        Assert.Matches(Instant, created);
        Assert.Equal(
            $$"""{"id":{{id}},"email":"Ada+1@Example.org","name":"Ada","age":36,"role":"Admin","status":"Inactive","""
            + $"\"createdAt\":\"{created}\",\"updatedAt\":\"{created}\",\"version\":1}}",
            response.Body);
    }

    [Fact]
    public async Task POST_with_an_email_alone_uses_the_defaults()
    {
        var response = (await _service.SendAsync("POST", "/api/v1/users", """{"email":"alone@example.org"}""")).Is(201);
        Assert.Contains("\"name\":null,\"age\":null,\"role\":\"User\",\"status\":\"Active\"", response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GET_returns_the_bytes_that_POST_returned()
    {
        var posted = await _service.SendAsync("POST", "/api/v1/users", """{"email":"rené@bücher.example","name":"Zoë \"Z\" 👩‍🚀 <b>&'"}""");
        var got = await _service.GetAsync($"/api/v1/users/{posted["id"]}");
        Assert.Equal(posted.Is(201).Body, got.Is(200).Body);
        Assert.Equal(posted.Header("ETag"), got.Header("ETag"));
    }

    [Fact]
    public async Task GET_is_304_when_the_entity_tag_matches_and_200_otherwise()
    {
        var id = await _service.CreateAsync("get@example.org");
        var response = (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
        Assert.Equal("\"1\"", response.Header("ETag"));
        foreach (var tags in (string[])["\"1\"", "W/\"1\"", "*", "\"7\", \"1\""])
        {
            var same = (await _service.GetAsync($"/api/v1/users/{id}", ("If-None-Match", tags))).Is(304);
            Assert.Equal("", same.Body);
            Assert.Equal("\"1\"", same.Header("ETag"));
        }

        foreach (var tags in (string[])["\"2\"", "\"01\"", "\"x\"", "W/\"2\""])
            (await _service.GetAsync($"/api/v1/users/{id}", ("If-None-Match", tags))).Is(200);
    }

    [Fact]
    public async Task PUT_replaces_the_user_and_clears_missing_members()
    {
        var id = await _service.CreateAsync("put@example.org", ""","name":"Ada","age":36""");
        var response = await _service.SendAsync("PUT", $"/api/v1/users/{id}", """{"email":"put2@example.org","role":"Admin","status":"Inactive"}""");
        Assert.Equal("\"2\"", response.Is(200).Header("ETag"));
        Assert.Contains("""
            "email":"put2@example.org","name":null,"age":null,"role":"Admin","status":"Inactive"
            """, response.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PUT_of_the_body_of_GET_changes_nothing()
    {
        var id = await _service.CreateAsync("back@example.org", ""","name":"Ada","age":36""");
        var got = await _service.GetAsync($"/api/v1/users/{id}");
        var put = await _service.SendAsync("PUT", $"/api/v1/users/{id}", got.Body);
        Assert.Equal(got.Body, put.Is(200).Body);
    }

    [Fact]
    public async Task PUT_without_required_members_is_400_and_never_creates()
    {
        var id = await _service.CreateAsync("whole@example.org");
        (await _service.SendAsync("PUT", $"/api/v1/users/{id}", "{}"))
            .HasErrors("pointer #/email required", "pointer #/role required", "pointer #/status required");
        (await _service.SendAsync("PUT", "/api/v1/users/999999", """{"email":"x@example.org","role":"User","status":"Active"}"""))
            .IsProblem(404, "user-not-found");
    }

    [Theory]
    [InlineData("application/merge-patch+json")]
    [InlineData("application/json")]
    [InlineData("APPLICATION/JSON; charset=UTF-8")]
    public async Task PATCH_changes_present_members_clears_null_and_leaves_the_rest(string type)
    {
        var id = await _service.CreateAsync($"patch{type.Length}@example.org", ""","name":"Ada","age":36""");
        var response = await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"name":null,"role":"admin"}""", ("Content-Type", type));
        Assert.Equal("\"2\"", response.Is(200).Header("ETag"));
        Assert.Contains("\"name\":null,\"age\":36,\"role\":\"Admin\"", response.Body, StringComparison.Ordinal);
        Assert.Equal(response.Body, (await _service.GetAsync($"/api/v1/users/{id}")).Body);
    }

    [Fact]
    public async Task PATCH_without_a_change_leaves_version_and_time()
    {
        var id = await _service.CreateAsync("same@example.org", ""","age":36""");
        var before = await _service.GetAsync($"/api/v1/users/{id}");
        foreach (var patch in (string[])[
            "{}", """{"age":36}""", """{"age":36.0,"email":"same@example.org","name":null}""", """{"version":9,"id":5,"createdAt":0}"""])
            Assert.Equal(before.Body, (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", patch)).Is(200).Body);
    }

    [Fact]
    public async Task PATCH_with_null_for_a_required_member_is_400()
    {
        var id = await _service.CreateAsync("keep@example.org");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"email":null,"role":null,"status":null}"""))
            .HasErrors("pointer #/email required", "pointer #/role required", "pointer #/status required");
        Assert.Equal(1, (await _service.GetAsync($"/api/v1/users/{id}"))["version"].GetInt64());
    }

    [Fact]
    public async Task DELETE_is_204_and_every_later_request_is_404()
    {
        var id = await _service.CreateAsync("gone@example.org");
        Assert.Equal("", (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204).Body);
        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).IsProblem(404, "user-not-found");
        (await _service.GetAsync($"/api/v1/users/{id}")).IsProblem(404, "user-not-found");
        (await _service.SendAsync("PUT", $"/api/v1/users/{id}", """{"email":"x@example.org","role":"User","status":"Active"}"""))
            .IsProblem(404, "user-not-found");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":1}""")).IsProblem(404, "user-not-found");
        var list = await _service.GetAsync("/api/v1/users?email=gone@example.org");
        Assert.Equal(0, list.Is(200)["items"].GetArrayLength());
    }

    [Fact]
    public async Task Trailing_slash_is_the_same_resource()
    {
        var id = await _service.CreateAsync("slash@example.org");
        Assert.Equal((await _service.GetAsync($"/api/v1/users/{id}")).Body, (await _service.GetAsync($"/api/v1/users/{id}/")).Is(200).Body);
        (await _service.GetAsync("/api/v1/users/")).Is(200);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("abc")]
    [InlineData("%20")]
    [InlineData("1%20")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    [InlineData("0x1")]
    [InlineData("٣")]
    [InlineData("%F0%9F%92%A9")]
    [InlineData("1'%20OR%201=1")]
    public async Task Id_that_is_not_a_positive_64_bit_integer_is_404(string id)
    {
        (await _service.GetAsync($"/api/v1/users/{id}")).IsProblem(404, "not-found");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).IsProblem(404, "not-found");
        (await _service.SendAsync("OPTIONS", $"/api/v1/users/{id}")).IsProblem(404, "not-found");
        (await _service.SendAsync("POST", $"/api/v1/users/{id}", "{}")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task Largest_id_is_404_user_not_found() =>
        (await _service.GetAsync("/api/v1/users/9223372036854775807")).IsProblem(404, "user-not-found");

    [Theory]
    [InlineData("/api/v9/users")]
    [InlineData("/api/v2/users/1")]
    [InlineData("/api/v0/users")]
    [InlineData("/api/vx/users")]
    [InlineData("/api/v1.0/users")]
    [InlineData("/api/v01/users")]
    [InlineData("/api/v/users")]
    [InlineData("/api")]
    [InlineData("/api/")]
    [InlineData("/api/users")]
    [InlineData("/nothing")]
    [InlineData("/api/v1/users/1/nothing")]
    public async Task Unknown_path_is_404(string path) => (await _service.GetAsync(path)).IsProblem(404, "not-found");
}

public sealed class UserResourceOnSqlite(ServiceOnSqlite service) : UserResource(service), IClassFixture<ServiceOnSqlite>;

public sealed class UserResourceOnSqlServer(ServiceOnSqlServer service) : UserResource(service), IClassFixture<ServiceOnSqlServer>;

public sealed class UserResourceOnPostgreSql(ServiceOnPostgreSql service) : UserResource(service), IClassFixture<ServiceOnPostgreSql>;
