namespace CleanUsers.WebApi.Tests;

public abstract class DeletedUserResource(Service service)
{
    private readonly Service _service = service.Present();

    [Fact]
    public async Task GET_shows_the_deleted_user_and_when_it_was_deleted()
    {
        var id = await _service.CreateDeletedAsync("shown@example.org");
        var answer = (await _service.GetAsync($"/api/v1/deleted-users/{id}")).Is(200);
        Assert.Equal("\"2\"", answer.Header("ETag"));
        Assert.Equal(answer["updatedAt"].GetString(), answer["deletedAt"].GetString());
        (await _service.GetAsync($"/api/v1/deleted-users/{id}", ("If-None-Match", "\"2\""))).Is(304);
        var alive = await _service.CreateAsync("alive@example.org");
        (await _service.GetAsync($"/api/v1/deleted-users/{alive}")).IsProblem(404, "user-not-found");
    }

    [Fact]
    public async Task The_list_shows_the_newest_deletion_first_page_by_page()
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
    public async Task PATCH_restores_and_says_where_the_user_is_now()
    {
        var id = await _service.CreateDeletedAsync("restored@example.org");
        var answer = await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""", ("Content-Type", "application/merge-patch+json"));
        Assert.Equal($"/api/v1/users/{id}", answer.Is(200).Header("Content-Location"));
        Assert.Equal("\"3\"", answer.Header("ETag"));
        Assert.False(answer.Json.TryGetProperty("deletedAt", out _));
        Assert.Equal(answer.Body, (await _service.GetAsync($"/api/v1/users/{id}")).Is(200).Body);
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).IsProblem(404, "user-not-found");
    }

    [Fact]
    public async Task Delete_and_create_again_works_any_number_of_times_and_a_restore_collides_cleanly()
    {
        var first = await _service.CreateAsync("again@example.org");
        var last = first;
        for (var i = 0; i < 5; i++)
        {
            (await _service.SendAsync("DELETE", $"/api/v1/users/{last}")).Is(204);
            last = await _service.CreateAsync("AGAIN@example.org");
        }

        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{first}", """{"deleted":false}""")).IsProblem(409, "email-taken");
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{first}", """{"deleted":false,"email":"again@EXAMPLE.org"}""")).IsProblem(409, "email-taken");
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
    public async Task PATCH_restores_and_does_nothing_else(string body, string fault)
    {
        var id = await _service.CreateDeletedAsync($"else{body.GetHashCode(StringComparison.Ordinal)}@example.org".Replace("-", "m", StringComparison.Ordinal));
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", body)).HasFaults(fault);
        (await _service.GetAsync($"/api/v1/deleted-users/{id}")).Is(200);
    }

    [Fact]
    public async Task DELETE_erases_what_is_in_the_bin_for_good()
    {
        var id = await _service.CreateDeletedAsync("erased@example.org");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).Is(204);
        (await _service.GetAsync($"/api/v1/deleted-users/{id}")).IsProblem(404, "user-not-found");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).IsProblem(404, "user-not-found");
        Assert.True(await _service.CreateAsync("erased@example.org") > id);
    }

    [Fact]
    public async Task DELETE_spares_what_is_not_in_the_bin()
    {
        var id = await _service.CreateAsync("spared@example.org");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).IsProblem(404, "user-not-found");
        (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
    }

    [Fact]
    public async Task Conditions_hold_for_the_bin_too()
    {
        var id = await _service.CreateDeletedAsync("condition@example.org");
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}", null, ("If-Match", "\"1\""))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""", ("If-Match", "\"1\""))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""", ("If-Match", "\"2\""))).Is(200);
    }
}

public sealed class DeletedUserResourceOnSqlite(ServiceOnSqlite service) : DeletedUserResource(service), IClassFixture<ServiceOnSqlite>;

public sealed class DeletedUserResourceOnSqlServer(ServiceOnSqlServer service) : DeletedUserResource(service), IClassFixture<ServiceOnSqlServer>;

public sealed class DeletedUserResourceOnPostgreSql(ServiceOnPostgreSql service) : DeletedUserResource(service), IClassFixture<ServiceOnPostgreSql>;
