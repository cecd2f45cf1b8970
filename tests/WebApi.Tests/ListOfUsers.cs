namespace CleanUsers.WebApi.Tests;

public abstract class ListOfUsers(Service service)
{
    private readonly Service _service = service.Present();

    [Fact]
    public async Task Pages_follow_each_other_by_cursor_and_by_link()
    {
        var ids = new List<long>();
        for (var i = 0; i < 5; i++) ids.Add(await _service.CreateAsync($"p{i}@pages.example", ",\"role\":\"Admin\""));

        var first = (await _service.GetAsync("/api/v1/users?pageSize=2&role=Admin&status=Active")).Is(200);
        Assert.Equal(ids[..2], Ids(first));
        Assert.Equal(
            $"</api/v1/users?pageSize=2&role=Admin&status=Active>; rel=\"first\", "
            + $"</api/v1/users?pageSize=2&role=Admin&status=Active&cursor={first["nextCursor"]}>; rel=\"next\"",
            first.Header("Link"));

        var seen = new List<long>(Ids(first));
        var page = first;
        while (page["nextCursor"].GetString() is { } cursor)
        {
            page = (await _service.GetAsync($"/api/v1/users?pageSize=2&role=Admin&status=Active&cursor={cursor}")).Is(200);
            seen.AddRange(Ids(page));
        }

        Assert.Equal(ids, seen);
        Assert.Equal("</api/v1/users?pageSize=2&role=Admin&status=Active>; rel=\"first\"", page.Header("Link"));
    }

    [Fact]
    public async Task Created_user_is_in_the_next_list()
    {
        var id = await _service.CreateAsync("next@example.org");
        Assert.Equal([id], Ids(await _service.GetAsync("/api/v1/users?sort=-id&pageSize=1")));
    }

    [Fact]
    public async Task Email_filter_is_exact_and_ignores_case()
    {
        var id = await _service.CreateAsync("Find.Me+x@Example.org");
        Assert.Equal([id], Ids(await _service.GetAsync("/api/v1/users?email=find.me%2Bx@EXAMPLE.org")));
        Assert.Empty(Ids(await _service.GetAsync("/api/v1/users?email=find.me@example.org")));
    }

    [Fact]
    public async Task CreatedFrom_is_inclusive_and_createdBefore_is_exclusive()
    {
        var id = await _service.CreateAsync("time@example.org");
        var created = (await _service.GetAsync($"/api/v1/users/{id}"))["createdAt"].GetString()!;
        var next = DateTimeOffset.Parse(created, null).AddMilliseconds(1).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null);
        Assert.Contains(id, Ids(await _service.GetAsync($"/api/v1/users?createdFrom={created}&createdBefore={next}")));
        Assert.DoesNotContain(id, Ids(await _service.GetAsync($"/api/v1/users?createdBefore={created}")));
        Assert.DoesNotContain(id, Ids(await _service.GetAsync($"/api/v1/users?createdFrom={next}")));
    }

    [Fact]
    public async Task Search_finds_users_by_prefixes_of_their_words()
    {
        var grace = await _service.CreateAsync("grace.hopper+navy@cobol.example", ",\"name\":\"Grace Brewster Murray-Hopper\"");
        var percent = await _service.CreateAsync("percent%25@odd.example", ",\"name\":\"100% a_b [x]\"");
        var hoquet = await _service.CreateAsync("hoquet@cobol.example", ",\"name\":\"Hoquet\""); // the next after all that begin with hop

        foreach (var q in (string[])[
            "grace", "GRACE brew", "hop", "murray-h", "hopper grace", "grace.hop", "navy@c", "cobol.example gra", "hopper%2Bnavy"])
            Assert.Equal([grace], Ids(await _service.GetAsync("/api/v1/users?q=" + q)));
        Assert.Equal([grace, hoquet], Ids(await _service.GetAsync("/api/v1/users?q=cobol.ex")));
        Assert.Equal([hoquet, grace], Ids(await _service.GetAsync("/api/v1/users?q=cobol&sort=-email")));
        foreach (var q in (string[])["100%25", "a_b", "[x]", "percent%2525"])
            Assert.Equal([percent], Ids(await _service.GetAsync("/api/v1/users?q=" + q)));
        foreach (var q in (string[])["race", "opper", "grace hoquet", "gr%25e", "g_ace", "[g]race", "1000", "%25"])
            Assert.Empty(Ids(await _service.GetAsync("/api/v1/users?q=" + q)));
    }

    [Fact]
    public async Task Search_finds_the_current_state_after_change_delete_restore_and_purge()
    {
        var id = await _service.CreateAsync("before@follow.example", ",\"name\":\"Beforename\"");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"name":"Aftername","email":"after@follow.example"}""")).Is(200);
        foreach (var q in (string[])["beforename", "before@"]) Assert.Empty(Ids(await _service.GetAsync("/api/v1/users?q=" + q)));
        foreach (var q in (string[])["aftername", "after@", "follow.example"])
            Assert.Equal([id], Ids(await _service.GetAsync("/api/v1/users?q=" + q)));

        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        Assert.Empty(Ids(await _service.GetAsync("/api/v1/users?q=aftername")));
        Assert.Equal([id], Ids(await _service.GetAsync("/api/v1/deleted-users?q=aftername")));

        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false,"email":"third@follow.example"}""")).Is(200);
        Assert.Equal([id], Ids(await _service.GetAsync("/api/v1/users?q=third")));
        Assert.Empty(Ids(await _service.GetAsync("/api/v1/users?q=after@")));

        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).Is(204);
        Assert.Empty(Ids(await _service.GetAsync("/api/v1/deleted-users?q=third")));
    }

    [Fact]
    public async Task Total_count_is_returned_only_on_request()
    {
        for (var i = 0; i < 3; i++) await _service.CreateAsync($"t{i}@total.example");
        var page = await _service.GetAsync("/api/v1/users?q=total.example&pageSize=2&includeTotal=true");
        Assert.Equal((2, 3), (Ids(page).Count(), page["totalCount"].GetInt32()));
        var next = await _service.GetAsync($"/api/v1/users?q=total.example&pageSize=2&includeTotal=true&cursor={page["nextCursor"]}");
        Assert.Equal((1, 3), (Ids(next).Count(), next["totalCount"].GetInt32()));
        Assert.False((await _service.GetAsync("/api/v1/users?includeTotal=false")).Json.TryGetProperty("totalCount", out _));
    }

    [Theory]
    [InlineData("q=", "parameter q out-of-range")]
    [InlineData("q=%20%20", "parameter q out-of-range")]
    [InlineData("q=a+b+c+d+e+f+g+h+i", "parameter q out-of-range")]
    [InlineData("includeTotal=1", "parameter includeTotal unknown-value")]
    [InlineData("includeTotal=True", "parameter includeTotal unknown-value")]
    [InlineData("pageSize=0", "parameter pageSize out-of-range")]
    [InlineData("pageSize=201", "parameter pageSize out-of-range")]
    [InlineData("pageSize=-1", "parameter pageSize out-of-range")]
    [InlineData("pageSize=ten", "parameter pageSize wrong-type")]
    [InlineData("pageSize=", "parameter pageSize wrong-type")]
    [InlineData("pageSize=99999999999", "parameter pageSize out-of-range")]
    [InlineData("pageSize=1&pageSize=2", "parameter pageSize repeated")]
    [InlineData("PageSize=1", "parameter PageSize unknown-parameter")]
    [InlineData("page=2", "parameter page unknown-parameter")]
    [InlineData("=x", "parameter  unknown-parameter")]
    [InlineData("sort=age", "parameter sort unknown-value")]
    [InlineData("sort=", "parameter sort unknown-value")]
    [InlineData("sort=--id", "parameter sort unknown-value")]
    [InlineData("sort=id,name", "parameter sort unknown-value")]
    [InlineData("sort=ID", "parameter sort unknown-value")]
    [InlineData("sort=deletedAt", "parameter sort unknown-value")]
    [InlineData("status=Gone", "parameter status unknown-value")]
    [InlineData("role=1", "parameter role unknown-value")]
    [InlineData("email=x", "parameter email invalid-email")]
    [InlineData("createdFrom=2026-01-01", "parameter createdFrom invalid-timestamp")]
    [InlineData("createdBefore=2026-01-01T00:00:00+02:00", "parameter createdBefore invalid-timestamp")]
    [InlineData("api-version=2.0", "parameter api-version unknown-parameter")]
    [InlineData("cursor=", "parameter cursor invalid-cursor")]
    [InlineData("cursor=x", "parameter cursor invalid-cursor")]
    [InlineData("cursor=AAAAAAAAAAAAAAAAAAAA", "parameter cursor invalid-cursor")]
    [InlineData("cursor=%00", "parameter cursor invalid-cursor")]
    public async Task Invalid_parameter_is_400_that_names_it(string query, string error) =>
        (await _service.GetAsync("/api/v1/users?" + query)).HasErrors(error);

    [Fact]
    public async Task Search_of_more_than_254_characters_is_400()
    {
        var longest = string.Concat(Enumerable.Repeat("🚀", 254));
        (await _service.GetAsync("/api/v1/users?q=" + Uri.EscapeDataString(longest))).Is(200);
        (await _service.GetAsync("/api/v1/users?q=" + Uri.EscapeDataString(longest + "x"))).HasErrors("parameter q too-long");
    }

    [Fact]
    public async Task All_errors_of_a_query_are_reported_at_once() =>
        (await _service.GetAsync("/api/v1/users?pageSize=x&limit=5&sort=age&status=Gone&cursor=x")).HasErrors(
            "parameter pageSize wrong-type", "parameter limit unknown-parameter", "parameter sort unknown-value", "parameter status unknown-value",
            "parameter cursor invalid-cursor");

    [Fact]
    public async Task Parameter_on_a_single_user_is_400()
    {
        var id = await _service.CreateAsync("noparams@example.org");
        (await _service.GetAsync($"/api/v1/users/{id}?fields=id")).HasErrors("parameter fields unknown-parameter");
    }

    [Theory]
    [InlineData("GET", "/api/v1/users", "allowed: createdBefore, createdFrom, cursor, email, includeTotal, pageSize, q, role, sort, status")]
    [InlineData("GET", "/api/v1/users/1/emails", "allowed: cursor, pageSize")]
    [InlineData("GET", "/api/v1/users/1", "this operation has none")]
    [InlineData("OPTIONS", "/api/v1/users", "this operation has none")]
    public async Task Unknown_parameter_is_400_with_the_allowed_ones(string method, string path, string allowed)
    {
        var response = (await _service.SendAsync(method, $"{path}?pagesize=1")).HasErrors("parameter pagesize unknown-parameter");
        Assert.Equal($"Unknown parameter 'pagesize' ({allowed}).", response["errors"][0].GetProperty("detail").GetString());
    }

    private static IEnumerable<long> Ids(Response page) => page.Is(200)["items"].EnumerateArray().Select(user => user.GetProperty("id").GetInt64());
}

public sealed class ListOfUsersOnSqlite(ServiceOnSqlite service) : ListOfUsers(service), IClassFixture<ServiceOnSqlite>;

public sealed class ListOfUsersOnSqlServer(ServiceOnSqlServer service) : ListOfUsers(service), IClassFixture<ServiceOnSqlServer>;

public sealed class ListOfUsersOnPostgreSql(ServiceOnPostgreSql service) : ListOfUsers(service), IClassFixture<ServiceOnPostgreSql>;
