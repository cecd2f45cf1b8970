namespace CleanUsers.WebApi.Tests;

public abstract class DeletedUserResource(Service service)
{
    private readonly Service _service = service.Present();

    [Fact]
    public async Task GET_returns_the_deleted_user_with_its_time_of_deletion()
    {
        var id = await _service.CreateDeletedAsync("shown@example.org");
        var response = (await _service.GetAsync($"/api/v1/deleted-users/{id}")).Is(200);
        Assert.Equal("\"2\"", response.Header("ETag"));
        Assert.Equal(response["updatedAt"].GetString(), response["deletedAt"].GetString());
        (await _service.GetAsync($"/api/v1/deleted-users/{id}", ("If-None-Match", "\"2\""))).Is(304);
        var alive = await _service.CreateAsync("alive@example.org");
        (await _service.GetAsync($"/api/v1/deleted-users/{alive}")).IsProblem(404, "user-not-found");
    }

    [Fact]
    public async Task Deleted_users_are_listed_newest_deletion_first_page_by_page()
    {
        var ids = new List<long>();
        for (var i = 0; i < 5; i++) ids.Add(await _service.CreateDeletedAsync($"bin{i}@example.org"));
        ids.Reverse();
        var first = await _service.GetAsync("/api/v1/deleted-users?pageSize=3");
        var second = await _service.GetAsync($"/api/v1/deleted-users?pageSize=3&cursor={first["nextCursor"]}");
        var seen = first["items"].EnumerateArray().Concat(second["items"].EnumerateArray()).Select(user => user.GetProperty("id").GetInt64());
        Assert.Equal(ids, seen.Where(ids.Contains));
    }

    [Fact]
    public async Task PATCH_restores_and_returns_the_location_of_the_user()
    {
        var id = await _service.CreateDeletedAsync("restored@example.org");
        var response = await _service.SendAsync(
            "PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""", ("Content-Type", "application/merge-patch+json"));
        Assert.Equal($"/api/v1/users/{id}", response.Is(200).Header("Content-Location"));
        Assert.Equal("\"3\"", response.Header("ETag"));
        Assert.False(response.Json.TryGetProperty("deletedAt", out _));
        Assert.Equal(response.Body, (await _service.GetAsync($"/api/v1/users/{id}")).Is(200).Body);
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).IsProblem(404, "user-not-found");
    }

    [Fact]
    public async Task Restore_fails_with_409_when_the_email_is_taken()
    {
        var first = await _service.CreateAsync("again@example.org");
        var last = first;
        for (var i = 0; i < 5; i++)
        {
            (await _service.SendAsync("DELETE", $"/api/v1/users/{last}")).Is(204);
            last = await _service.CreateAsync("AGAIN@example.org");
        }

        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{first}", """{"deleted":false}""")).IsProblem(409, "email-taken");
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{first}", """{"deleted":false,"email":"again@EXAMPLE.org"}"""))
            .IsProblem(409, "email-taken");
        var restored = await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{first}", """{"deleted":false,"email":"other@example.org"}""");
        Assert.Equal("other@example.org", restored.Is(200)["email"].GetString());
    }

    [Theory]
    [InlineData("{}", "pointer #/deleted required")]
    [InlineData("""{"deleted":true}""", "pointer #/deleted unknown-value")]
    [InlineData("""{"deleted":null}""", "pointer #/deleted unknown-value")]
    [InlineData("""{"deleted":"false"}""", "pointer #/deleted unknown-value")]
    [InlineData("""{"deleted":false,"name":"x"}""", "pointer #/name unknown-member")]
    [InlineData("""{"deleted":false,"email":null}""", "pointer #/email required")]
    [InlineData("""{"deleted":false,"email":"x"}""", "pointer #/email invalid-email")]
    public async Task PATCH_other_than_a_restore_is_400(string body, string error)
    {
        var id = await _service.CreateDeletedAsync(
            $"else{body.GetHashCode(StringComparison.Ordinal)}@example.org".Replace("-", "m", StringComparison.Ordinal));
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", body)).HasErrors(error);
        (await _service.GetAsync($"/api/v1/deleted-users/{id}")).Is(200);
    }

    [Fact]
    public async Task DELETE_of_a_deleted_user_erases_it_permanently()
    {
        var id = await _service.CreateDeletedAsync("erased@example.org");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).Is(204);
        (await _service.GetAsync($"/api/v1/deleted-users/{id}")).IsProblem(404, "user-not-found");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).IsProblem(404, "user-not-found");
        Assert.True(await _service.CreateAsync("erased@example.org") > id);
    }

    [Fact]
    public async Task DELETE_of_a_user_outside_the_recycle_bin_is_404()
    {
        var id = await _service.CreateAsync("spared@example.org");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).IsProblem(404, "user-not-found");
        (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
    }

    [Fact]
    public async Task Stale_entity_tag_of_a_deleted_user_is_412()
    {
        var id = await _service.CreateDeletedAsync("condition@example.org");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}", null, ("If-Match", "\"1\""))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""", ("If-Match", "\"1\"")))
            .IsProblem(412, "version-mismatch");
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""", ("If-Match", "\"2\""))).Is(200);
    }
}

public sealed class DeletedUserResourceOnSqlite(ServiceOnSqlite service) : DeletedUserResource(service), IClassFixture<ServiceOnSqlite>;

public sealed class DeletedUserResourceOnSqlServer(ServiceOnSqlServer service) : DeletedUserResource(service), IClassFixture<ServiceOnSqlServer>;

public sealed class DeletedUserResourceOnPostgreSql(ServiceOnPostgreSql service) : DeletedUserResource(service), IClassFixture<ServiceOnPostgreSql>;
