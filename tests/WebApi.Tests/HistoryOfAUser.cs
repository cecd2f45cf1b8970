namespace CleanUsers.WebApi.Tests;

public abstract class HistoryOfAUser(Service service)
{
    private readonly Service _service = service.Present();

    [Fact]
    public async Task GET_lists_the_changes_newest_first_with_the_state_after_each()
    {
        var created = (await _service.SendAsync("POST", "/api/v1/users", """{"email":"history@example.org","name":"Ada","age":36}""")).Is(201);
        var path = $"/api/v1/users/{created["id"]}";
        var patched = (await _service.SendAsync("PATCH", path, """{"name":null,"role":"Admin"}""")).Is(200);
        var replaced = (await _service.SendAsync(
            "PUT", path, """{"email":"history2@example.org","role":"Admin","status":"Inactive"}""")).Is(200);
        var response = (await _service.GetAsync($"{path}/history")).Is(200);
        Assert.Equal("no-cache, private", response.Header("Cache-Control"));
        Assert.Equal($"<{path}/history>; rel=\"first\"", response.Header("Link"));
        string[] changes =
        [
            Change(3, "updated", replaced, "\"email\",\"age\",\"status\""),
            Change(2, "updated", patched, "\"name\",\"role\""),
            Change(1, "created", created, "\"email\",\"name\",\"age\",\"role\",\"status\""),
        ];
        Assert.Equal($$"""{"items":[{{string.Join(',', changes)}}],"nextCursor":null}""", response.Body);
    }

    [Fact]
    public async Task History_goes_on_in_the_recycle_bin_and_after_it()
    {
        var id = await _service.CreateAsync("bin@history.example");
        var (user, deleted) = ($"/api/v1/users/{id}", $"/api/v1/deleted-users/{id}");
        (await _service.GetAsync($"{deleted}/history")).IsProblem(404, "user-not-found");

        (await _service.SendAsync("DELETE", user)).Is(204);
        (await _service.GetAsync($"{user}/history")).IsProblem(404, "user-not-found");
        Assert.Equal(["deleted", "created"], Kinds(await _service.GetAsync($"{deleted}/history")));

        (await _service.SendAsync("PATCH", deleted, """{"deleted":false,"email":"bin2@history.example"}""")).Is(200);
        var restored = await _service.GetAsync($"{user}/history");
        Assert.Equal(["restored", "deleted", "created"], Kinds(restored));
        Assert.Equal("[\"email\"]", restored["items"][0].GetProperty("changed").GetRawText());
        Assert.Equal("[]", restored["items"][1].GetProperty("changed").GetRawText());

        (await _service.SendAsync("DELETE", user)).Is(204);
        (await _service.SendAsync("DELETE", deleted)).Is(204);
        (await _service.GetAsync($"{user}/history")).IsProblem(404, "user-not-found");
        (await _service.GetAsync($"{deleted}/history")).IsProblem(404, "user-not-found");
    }

    [Fact]
    public async Task Write_that_changes_nothing_is_no_change()
    {
        var id = await _service.CreateAsync("nothing@history.example");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"email":"nothing@history.example"}""")).Is(200);
        Assert.Equal(["created"], Kinds(await _service.GetAsync($"/api/v1/users/{id}/history")));
    }

    [Fact]
    public async Task Pages_follow_each_other_also_into_the_recycle_bin()
    {
        var id = await _service.CreateAsync("pages@history.example");
        var path = $"/api/v1/users/{id}";
        for (var age = 1; age <= 3; age++) (await _service.SendAsync("PATCH", path, $$"""{"age":{{age}}}""")).Is(200);
        var first = (await _service.GetAsync($"{path}/history?pageSize=2")).Is(200);
        Assert.Equal([4, 3], Versions(first));
        Assert.Equal("[\"age\"]", first["items"][1].GetProperty("changed").GetRawText());
        var cursor = first["nextCursor"].GetString();
        Assert.Contains($"<{path}/history?pageSize=2&cursor={cursor}>; rel=\"next\"", first.Header("Link"), StringComparison.Ordinal);
        Assert.Equal([2, 1], Versions(await _service.GetAsync($"{path}/history?pageSize=2&cursor={cursor}")));
        (await _service.SendAsync("DELETE", path)).Is(204);
        Assert.Equal([2, 1], Versions(await _service.GetAsync($"/api/v1/deleted-users/{id}/history?pageSize=2&cursor={cursor}")));

        var other = await _service.CreateAsync("pages2@history.example");
        (await _service.GetAsync($"/api/v1/users/{other}/history?cursor={cursor}")).HasErrors("parameter cursor invalid-cursor");
        (await _service.GetAsync($"/api/v1/users/{other}/history?cursor={cursor}&pageSize=0"))
            .HasErrors("parameter pageSize out-of-range", "parameter cursor invalid-cursor");
        (await _service.GetAsync($"/api/v1/users/{other}/history?pageSize=0&sort=id"))
            .HasErrors("parameter sort unknown-parameter", "parameter pageSize out-of-range");
    }

    private static IEnumerable<string?> Kinds(Response page) =>
        page.Is(200)["items"].EnumerateArray().Select(change => change.GetProperty("kind").GetString());

    private static IEnumerable<long> Versions(Response page) =>
        page.Is(200)["items"].EnumerateArray().Select(change => change.GetProperty("version").GetInt64());

    /// <summary>The change that ended in a response.</summary>
    private static string Change(int version, string kind, Response user, string changed)
    {
        var (at, state) = (user["updatedAt"].GetString(), user.Body);
        return $$"""{"version":{{version}},"kind":"{{kind}}","at":"{{at}}","by":"anonymous","changed":[{{changed}}],"user":{{state}}}""";
    }
}

public sealed class HistoryOfAUserOnSqlite(ServiceOnSqlite service) : HistoryOfAUser(service), IClassFixture<ServiceOnSqlite>;

public sealed class HistoryOfAUserOnSqlServer(ServiceOnSqlServer service) : HistoryOfAUser(service), IClassFixture<ServiceOnSqlServer>;

public sealed class HistoryOfAUserOnPostgreSql(ServiceOnPostgreSql service) : HistoryOfAUser(service), IClassFixture<ServiceOnPostgreSql>;
