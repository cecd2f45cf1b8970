using System.Text.Json;

namespace CleanUsers.WebApi.Tests;

/// <summary>SCIM on the wire: what its RFCs and the public documentation of Entra ID and Okta have, with the persons replaced.</summary>
public abstract class ScimResource(Service service)
{
    private const string Users = "/scim/v2/Users";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private const string Patch = "\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]";

    private static int LastNumber;

    private readonly Service _service = service.Present();

    [Fact]
    public async Task Created_user_is_201_with_everything_as_it_was_sent()
    {
        var created = (await _service.SendAsync("POST", Users, $$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{{Enterprise}}"],"externalId":"X-1","userName":"Bar.Bara@Work",
             "active":true,"displayName":"Barbara","title":"Ms","name":{"formatted":"Ms. Barbara J Jensen","familyName":"Jensen",
             "givenName":"Barbara","middleName":"J"},
             "emails":[{"value":"Bara@Example.org","type":"work","primary":true},{"value":"b@home.example","type":"home"}],
             "addresses":[{"type":"work","formatted":"1 Street\nTown","primary":true}],"password":"t1meMa$heen","groups":[],
             "meta":{"resourceType":"User"},"unknown":{"x":1},"{{Enterprise}}":{"employeeNumber":"701984","manager":{"value":"26118915"} } }
            """, ("Content-Type", "application/scim+json; charset=utf-8"))).Is(201);
        Assert.Equal("application/scim+json", created.Header("Content-Type"));
        var id = created["id"].GetString();
        Assert.Equal($"{_service.Client.BaseAddress}scim/v2/Users/{id}", created.Header("Location"));
        Assert.Equal("W/\"1\"", created.Header("ETag"));
        var body = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal(created.Body, body.Body);
        Assert.Equal($"""["urn:ietf:params:scim:schemas:core:2.0:User","{Enterprise}"]""", $"{body["schemas"]}");
        Assert.Equal(
            ("X-1", "Bar.Bara@Work", "Barbara", "Ms", true),
            (body["externalId"].GetString(), body["userName"].GetString(), body["displayName"].GetString(), body["title"].GetString(),
                body["active"].GetBoolean()));
        Same("""{"formatted":"Ms. Barbara J Jensen","familyName":"Jensen","givenName":"Barbara","middleName":"J"}""", body["name"]);
        Same("""[{"value":"Bara@Example.org","type":"work","primary":true},{"value":"b@home.example","type":"home"}]""", body["emails"]);
        Same("""[{"type":"work","formatted":"1 Street\nTown","primary":true}]""", body["addresses"]);
        Same("""{"employeeNumber":"701984","manager":{"value":"26118915"}}""", body[Enterprise]);
        Assert.Equal(("User", created.Header("Location"), "W/\"1\""), (
            body["meta"].GetProperty("resourceType").GetString(), body["meta"].GetProperty("location").GetString(),
            body["meta"].GetProperty("version").GetString()));
        foreach (var ignored in (string[])["password", "groups", "unknown"]) Assert.False(body.Json.TryGetProperty(ignored, out _), ignored);
        var user = (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
        Assert.Equal(
            ("Bara@Example.org", "Barbara", "Active", "User"),
            (user["email"].GetString(), user["name"].GetString(), user["status"].GetString(), user["role"].GetString()));
    }

    [Fact]
    public async Task Name_that_REST_clears_stays_cleared_whatever_else_SCIM_changes()
    {
        var id = await CreateAsync($"c{Number()}", more: ",\"displayName\":\"Dis\",\"name\":{\"formatted\":\"Form\"}");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"name":null}""")).Is(200);

        var shown = (await PatchAsync(id, """{"op":"add","path":"title","value":"Ms"}""")).Is(200);
        Assert.False(shown.Json.TryGetProperty("name", out _));
        (await _service.SendAsync("PUT", $"{Users}/{id}", shown.Body)).Is(200);
        Assert.Equal(JsonValueKind.Null, (await _service.GetAsync($"/api/v1/users/{id}"))["name"].ValueKind);
    }

    [Theory]
    [InlineData(""","title":"a\u0000" """, "'title'")]
    [InlineData(""","name":{"middleName":"a\u0007"} """, "'middleName'")]
    [InlineData(""","phoneNumbers":[{"value":"1","primary":true},{"value":"2","primary":true}] """, "'phoneNumbers'")]
    public async Task Control_characters_and_two_primary_values_are_rejected(string member, string named)
    {
        var response = await PostAsync($"r{Number()}", $"r{Number()}@example.org", member);
        Assert.Equal("invalidValue", response.IsScimError(400));
        Assert.Contains(named, response["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_of_REST_has_its_address_as_its_name_until_SCIM_sets_one()
    {
        var number = Number();
        var id = await _service.CreateAsync($"Rest{number}@Example.org", ",\"name\":\"Ada\",\"age\":36,\"role\":\"Admin\"");
        var user = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal(($"Rest{number}@Example.org", "Ada"), (user["userName"].GetString(), user["displayName"].GetString()));
        Same($$"""[{"value":"Rest{{number}}@Example.org","type":"work","primary":true}]""", user["emails"]);
        Assert.Equal(id, await FindAsync($"userName eq \"rest{number}@example.ORG\""));

        // a change that does not set the name leaves it to follow the address
        (await PatchAsync(id, """{"op":"add","path":"externalId","value":"e"}""")).Is(200);
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", $$"""{"email":"new{{number}}@example.org"}""")).Is(200);
        user = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal(($"new{number}@example.org", "e"), (user["userName"].GetString(), user["externalId"].GetString()));
        Assert.Equal(id, await FindAsync($"userName eq \"new{number}@example.org\""));

        (await PatchAsync(id, $$"""{"op":"replace","path":"userName","value":"own{{number}}"}""")).Is(200);
        Assert.Null(await FindAsync($"userName eq \"new{number}@example.org\""));
        Assert.Equal(id, await FindAsync($"userName eq \"OWN{number}\""));
        var rest = (await _service.GetAsync($"/api/v1/users/{id}")).Is(200);
        Assert.Equal((36, "Admin"), (rest["age"].GetInt32(), rest["role"].GetString()));
    }

    [Fact]
    public async Task Name_that_is_taken_is_409_whatever_its_case()
    {
        var number = Number();
        var id = await CreateAsync($"Taken{number}");
        var again = await PostAsync($"tAKEN{number}", $"other{number}@example.org");
        Assert.Equal("uniqueness", again.IsScimError(409));
        var other = await CreateAsync($"free{number}");
        Assert.Equal("uniqueness", (await PatchAsync(other, $$"""{"op":"replace","path":"userName","value":"TAKEN{{number}}"}""")).IsScimError(409));
        Assert.Equal($"free{number}", (await _service.GetAsync($"{Users}/{other}")).Is(200)["userName"].GetString());
        (await PatchAsync(id, $$"""{"op":"replace","path":"userName","value":"taken{{number}}"}""")).Is(200); // its own, in other letters
        (await _service.SendAsync("DELETE", $"{Users}/{id}")).Is(204);
        (await PostAsync($"TAKEN{number}", $"other{number}@example.org")).Is(201);
    }

    [Fact]
    public async Task Address_that_is_taken_is_409()
    {
        var number = Number();
        var rest = await _service.CreateAsync($"address{number}@example.org");
        Assert.Equal("uniqueness", (await PostAsync($"n{number}", $"Address{number}@Example.org")).IsScimError(409));
        // the address of a user that SCIM has not named is its name
        Assert.Equal("uniqueness", (await PostAsync($"Address{number}@example.org", $"a{number}@example.org")).IsScimError(409));
        (await PatchAsync(rest, $$"""{"op":"replace","path":"userName","value":"m{{number}}"}""")).Is(200);
        (await PostAsync($"Address{number}@example.org", $"a{number}@example.org")).Is(201);
    }

    [Fact]
    public async Task Name_that_is_the_address_of_the_same_user_is_accepted()
    {
        var own = $"own{Number()}@example.org";
        await CreateAsync(own, own);
        var address = $"address{Number()}@example.org";
        var rest = await _service.CreateAsync(address);
        var body = $$"""{"userName":"{{address}}","emails":[{"value":"{{address}}"}]}""";
        Assert.Equal(address, (await _service.SendAsync("PUT", $"{Users}/{rest}", body)).Is(200)["userName"].GetString());
    }

    [Fact]
    public async Task Address_that_REST_sets_to_a_name_leaves_the_name_to_the_user_that_SCIM_named()
    {
        var number = Number();
        var named = await CreateAsync($"named{number}@example.org", $"mail{number}@example.org");
        var rest = await _service.CreateAsync($"named{number}@example.org");
        Assert.Equal(named, await FindAsync($"userName eq \"Named{number}@example.org\""));
        Assert.Equal(rest, await FindAsync($"emails.value eq \"named{number}@example.org\""));
        (await _service.SendAsync("DELETE", $"{Users}/{named}")).Is(204);
        Assert.Equal(rest, await FindAsync($"userName eq \"named{number}@example.org\""));
    }

    [Fact]
    public async Task Restored_user_has_what_SCIM_sent_and_can_not_take_back_a_name_that_is_taken()
    {
        var number = Number();
        var id = await CreateAsync($"back{number}", more: ",\"externalId\":\"kept\"");
        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        (await _service.GetAsync($"{Users}/{id}")).IsScimError(404);
        Assert.Null(await FindAsync($"userName eq \"back{number}\""));
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).Is(200);
        var user = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal(($"back{number}", "kept"), (user["userName"].GetString(), user["externalId"].GetString()));

        (await _service.SendAsync("DELETE", $"{Users}/{id}")).Is(204);
        var other = await CreateAsync($"BACK{number}", $"other.back{number}@example.org");
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).IsProblem(409, "user-name-taken");
        (await _service.SendAsync("DELETE", $"{Users}/{other}")).Is(204);
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).Is(200);
    }

    [Fact]
    public async Task Of_creations_of_one_name_at_once_one_is_201_and_the_others_are_409()
    {
        for (var round = 0; round < 5; round++)
        {
            var number = Number();
            var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PostAsync($"race{number}", $"race{number}.{i}@example.org")));
            Assert.Single(responses, response => response.Status == 201);
            Assert.All(responses.Where(response => response.Status != 201), response => Assert.Equal("uniqueness", response.IsScimError(409)));
            Assert.Equal(1, (await ListAsync($"userName eq \"race{number}\""))["totalResults"].GetInt32());
        }
    }

    [Fact]
    public async Task Of_changes_at_once_none_is_lost()
    {
        var id = await CreateAsync($"all{Number()}");
        string[] members = ["title", "nickName", "userType", "locale", "timezone", "name.givenName", "externalId", "displayName"];
        var responses = await Task.WhenAll(members.Select(member => PatchAsync(id, $$"""{"op":"add","path":"{{member}}","value":"x"}""")));
        Assert.All(responses, response => response.Is(200));
        var user = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.All(members.Where(member => !member.Contains('.', StringComparison.Ordinal)), member => Assert.Equal("x", user[member].GetString()));
        Assert.Equal($"W/\"{1 + members.Length}\"", user.Header("ETag"));
    }

    [Fact]
    public async Task Version_grows_with_a_change_of_SCIM_alone_and_stays_without_a_change()
    {
        var id = await CreateAsync($"version{Number()}");
        var changed = (await PatchAsync(id, """{"op":"add","path":"title","value":"Ms"}""")).Is(200);
        Assert.Equal(("W/\"2\"", "W/\"2\""), (changed.Header("ETag"), changed["meta"].GetProperty("version").GetString()));
        Assert.Equal("\"2\"", (await _service.GetAsync($"/api/v1/users/{id}")).Header("ETag"));
        Assert.Equal("W/\"2\"", (await PatchAsync(id, """{"op":"replace","path":"title","value":"Ms"}""")).Is(200).Header("ETag"));
        var history = (await _service.GetAsync($"/api/v1/users/{id}/history")).Is(200)["items"];
        Assert.Equal("[]", $"{history[0].GetProperty("changed")}");
        Assert.Equal(2, history.GetArrayLength());
    }

    [Theory]
    [InlineData("{\"email\":\"new.@\"}")]
    [InlineData("{\"name\":\"New\"}")]
    [InlineData("{\"name\":\"Form\"}")] // is the formatted name as well
    [InlineData("{\"name\":null}")]
    public async Task PATCH_and_PUT_that_change_nothing_after_a_change_by_REST_leave_the_version(string change)
    {
        var name = $"rest{Number()}";
        var id = await CreateAsync(name, more: ",\"displayName\":\"Dis\",\"name\":{\"formatted\":\"Form\",\"givenName\":\"G\"}");
        var mail = change.Replace(".@", $".{name}@example.org", StringComparison.Ordinal);
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", mail)).Is(200);
        var read = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal("W/\"2\"", read.Header("ETag"));

        var patched = (await PatchAsync(id, """{"op":"replace","path":"active","value":true}""")).Is(200);
        Assert.Equal(("W/\"2\"", read.Body), (patched.Header("ETag"), patched.Body));
        var put = (await _service.SendAsync("PUT", $"{Users}/{id}", read.Body)).Is(200);
        Assert.Equal(("W/\"2\"", read.Body), (put.Header("ETag"), put.Body));
        var withoutActive = read.Body.Replace("\"active\":true,", "", StringComparison.Ordinal);
        Assert.Equal("W/\"2\"", (await _service.SendAsync("PUT", $"{Users}/{id}", withoutActive)).Is(200).Header("ETag"));
        Assert.Equal(2, (await _service.GetAsync($"/api/v1/users/{id}/history")).Is(200)["items"].GetArrayLength());

        var changed = (await PatchAsync(id, """{"op":"add","path":"title","value":"Ms"}""")).Is(200);
        Assert.Equal(("W/\"3\"", "Ms"), (changed.Header("ETag"), changed["title"].GetString()));
    }

    [Fact]
    public async Task PUT_of_what_GET_shows_of_a_user_of_REST_gives_it_a_name_of_its_own()
    {
        var id = await _service.CreateAsync($"unnamed{Number()}@example.org", ",\"name\":\"Ada\"");
        var read = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal("W/\"2\"", (await _service.SendAsync("PUT", $"{Users}/{id}", read.Body)).Is(200).Header("ETag"));
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", $$"""{"email":"renamed{{id}}@example.org"}""")).Is(200);
        Assert.Equal(read["userName"].GetString(), (await _service.GetAsync($"{Users}/{id}")).Is(200)["userName"].GetString());
    }

    [Fact]
    public async Task Conditions_compare_weak_entity_tags()
    {
        var id = await CreateAsync($"tag{Number()}");
        var path = $"{Users}/{id}";
        (await _service.GetAsync(path, ("If-None-Match", "W/\"1\""))).Is(304);
        (await _service.GetAsync(path, ("If-None-Match", "W/\"2\""))).Is(200);
        var body = $$"""{{{Patch}},"Operations":[{"op":"add","path":"title","value":"x"}]}""";
        (await _service.SendAsync("PATCH", path, body, ("If-Match", "W/\"2\""))).IsScimError(412);
        var state = """{"userName":"x","emails":[{"value":"x@example.org"}]}""";
        (await _service.SendAsync("PUT", path, state, ("If-Match", "W/\"2\""))).IsScimError(412);
        (await _service.SendAsync("DELETE", path, null, ("If-Match", "W/\"2\""))).IsScimError(412);
        (await _service.SendAsync("PATCH", path, body, ("If-Match", "W/\"1\""))).Is(200);
        (await _service.SendAsync("PATCH", path, body, ("If-Match", "nonsense"))).IsScimError(400);
        (await _service.SendAsync("DELETE", path, null, ("If-Match", "W/\"2\""))).Is(204);
        (await _service.SendAsync("DELETE", path)).IsScimError(404);
    }

    [Fact]
    public async Task Patch_executes_all_operations_or_none()
    {
        var id = await CreateAsync($"none{Number()}");
        Assert.Equal("invalidPath", (await PatchAsync(
            id, """{"op":"replace","path":"active","value":false},{"op":"replace","path":"emial","value":"x"}""")).IsScimError(400));
        Assert.Equal("invalidValue", (await PatchAsync(
            id, """{"op":"replace","path":"active","value":false},{"op":"replace","path":"emails","value":[{"value":"no address"}]}"""))
            .IsScimError(400));
        var user = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.True(user["active"].GetBoolean());
        Assert.Equal("W/\"1\"", user.Header("ETag"));
    }

    /// <summary>
    /// "Develop and plan provisioning for a SCIM endpoint in Microsoft Entra ID": its requests, and its known differences from the RFC.
    /// </summary>
    [Fact]
    public async Task Requests_of_Entra_ID_provision_a_user()
    {
        var number = Number();
        Assert.Equal(0, (await ListAsync($"userName eq \"Test_User_{number}\""))["totalResults"].GetInt32());
        var created = (await _service.SendAsync("POST", Users, $$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{{Enterprise}}"],"externalId":"entra-{{number}}",
             "userName":"Test_User_{{number}}","active":true,"meta":{"resourceType":"User"},
             "emails":[{"primary":true,"type":"work","value":"Test_User_{{number}}@example.org"}],
             "name":{"formatted":"givenName familyName","familyName":"familyName","givenName":"givenName"},"roles":[]}
            """, ("Content-Type", "application/scim+json"))).Is(201);
        var id = long.Parse(created["id"].GetString()!, null);
        Assert.Equal(id, await FindAsync($"externalId eq \"entra-{number}\""));
        Assert.Equal(id, await FindAsync($"emails[type eq \"work\"].value eq \"test_user_{number}@example.org\""));
        (await PatchAsync(id, $$"""
            {"op":"Replace","path":"emails[type eq \"work\"].value","value":"updated{{number}}@example.org"},
            {"op":"Replace","path":"name.familyName","value":"updatedFamilyName"},
            {"op":"Add","path":"{{Enterprise}}:manager","value":"26118915"},
            {"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+1 555 0100"},
            {"op":"Replace","value":{"displayName":"D","name.givenName":"G","{{Enterprise}}:department":"bob",
             "addresses[type eq \"work\"].formatted":"A"} }
            """)).Is(200);
        var user = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Same($$"""[{"primary":true,"type":"work","value":"updated{{number}}@example.org"}]""", user["emails"]);
        Same("""{"familyName":"updatedFamilyName","givenName":"G","formatted":"givenName familyName"}""".Replace(
            "givenName familyName", "D", StringComparison.Ordinal), user["name"]);
        Same("""{"manager":{"value":"26118915"},"department":"bob"}""", user[Enterprise]);
        Same("""[{"type":"mobile","value":"+1 555 0100"}]""", user["phoneNumbers"]);
        Same("""[{"type":"work","formatted":"A"}]""", user["addresses"]);
        Assert.Equal($"updated{number}@example.org", (await _service.GetAsync($"/api/v1/users/{id}")).Is(200)["email"].GetString());

        (await PatchAsync(id, """{"op":"Replace","path":"active","value":"False"}""")).Is(200);
        var disabled = await ListAsync($"userName eq \"test_user_{number}\"");
        Assert.False(disabled["Resources"][0].GetProperty("active").GetBoolean());
        Assert.Equal("Inactive", (await _service.GetAsync($"/api/v1/users/{id}")).Is(200)["status"].GetString());
        (await PatchAsync(id, """{"op":"Replace","value":{"active":"True"}}""")).Is(200);
        Assert.True((await _service.GetAsync($"{Users}/{id}?aadOptscim062020=")).Is(200)["active"].GetBoolean());
        (await _service.SendAsync("DELETE", $"{Users}/{id}")).Is(204);
        (await _service.GetAsync($"{Users}/{id}")).IsScimError(404);
    }

    /// <summary>The required steps of "Okta SCIM 2.0 SPEC Test"; those of 401 are in <see cref="ScimErrors"/>.</summary>
    [Fact]
    public async Task Steps_of_the_specification_test_of_Okta_succeed()
    {
        (string, string)[] headers =
        [
            ("Accept-Charset", "utf-8"), ("Accept", "application/scim+json"), ("User-Agent", "OKTA SCIM Integration"),
        ];
        var number = Number();
        await CreateAsync($"first{number}", more: ",\"name\":{\"givenName\":\"G\",\"familyName\":\"F\"}");
        var list = (await _service.GetAsync($"{Users}?count=1&startIndex=1", headers)).Is(200);
        Assert.Equal("""["urn:ietf:params:scim:api:messages:2.0:ListResponse"]""", $"{list["schemas"]}");
        Assert.Equal((1, 1), (list["itemsPerPage"].GetInt32(), list["startIndex"].GetInt32()));
        Assert.True(list["totalResults"].GetInt32() >= 1);
        var first = list["Resources"][0].GetProperty("id").GetString();
        Assert.Equal(first, (await _service.GetAsync($"{Users}/{first}", headers)).Is(200)["id"].GetString());
        foreach (var unknown in (string[])["abcdefgh@atko.example", $"random{number}@example.org"])
        {
            var none = (await _service.GetAsync($"{Users}?filter=userName eq \"{unknown}\"", headers)).Is(200);
            Assert.Equal((0, 0), (none["totalResults"].GetInt32(), none["Resources"].GetArrayLength()));
        }

        foreach (var unknown in (string[])["010101001010101011001010101011", "00919288221112222"])
            (await _service.GetAsync($"{Users}/{unknown}", headers)).IsScimError(404);
        string Body(string email) => $$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Runscope{{number}}@atko.example","name":{"givenName":"Run",
             "familyName":"Scope"},"emails":[{"primary":true,"value":"{{email}}","type":"work"}],"displayName":"Run Scope","active":true}
            """;
        var created = await _service.SendAsync("POST", Users, Body($"run{number}@example.org"), ("Accept", "application/scim+json; charset=utf-8"));
        var id = created.Is(201)["id"].GetString();
        Same("""{"givenName":"Run","familyName":"Scope","formatted":"Run Scope"}""", created["name"]);
        Assert.True(created["active"].GetBoolean());
        Assert.Equal($"Runscope{number}@atko.example", (await _service.GetAsync($"{Users}/{id}", headers)).Is(200)["userName"].GetString());
        Assert.Equal("uniqueness", (await _service.SendAsync("POST", Users, Body($"Runscope{number}@atko.example"))).IsScimError(409));
        var shouted = (await _service.GetAsync($"{Users}?filter=userName eq \"RUNSCOPE{number}@ATKO.EXAMPLE\"", headers)).Is(200);
        Assert.Equal(id, shouted["Resources"][0].GetProperty("id").GetString());
    }

    /// <summary>Okta updates with what it has read, with changes and with what it adds of its own.</summary>
    [Fact]
    public async Task PUT_of_what_GET_shows_is_accepted_and_changes_only_what_differs()
    {
        var number = Number();
        var id = await CreateAsync($"okta{number}", more: ",\"title\":\"x\",\"name\":{\"givenName\":\"G\",\"familyName\":\"F\"}");
        var read = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal("W/\"1\"", (await _service.SendAsync("PUT", $"{Users}/{id}", read.Body)).Is(200).Header("ETag"));
        var body = read.Body.Replace("\"title\":\"x\"", "\"password\":\"secret\",\"groups\":[],\"locale\":\"en-US\"", StringComparison.Ordinal)
            .Replace("\"active\":true", "\"active\":false", StringComparison.Ordinal).Replace("\"F\"", "\"Other\"", StringComparison.Ordinal);
        var replaced = (await _service.SendAsync("PUT", $"{Users}/{id}", body, ("Content-Type", "application/scim+json; charset=utf-8"))).Is(200);
        Assert.Equal(("W/\"2\"", false, "en-US"), (replaced.Header("ETag"), replaced["active"].GetBoolean(), replaced["locale"].GetString()));
        Assert.Equal("Other", replaced["name"].GetProperty("familyName").GetString());
        Assert.False(replaced.Json.TryGetProperty("title", out _));
        Assert.Equal(1, (await ListAsync($"userName eq \"okta{number}\""))["totalResults"].GetInt32()); // inactive users stay visible
        (await _service.SendAsync("PUT", $"{Users}/999999999", body)).IsScimError(404);
    }

    [Fact]
    public async Task PUT_without_active_leaves_an_inactive_user_inactive()
    {
        var name = $"inactive{Number()}";
        var id = await CreateAsync(name, more: ",\"active\":false");
        var body = $$"""{"userName":"{{name}}","title":"x","emails":[{"value":"{{name}}@example.org"}]}""";
        Assert.False((await _service.SendAsync("PUT", $"{Users}/{id}", body)).Is(200)["active"].GetBoolean());
    }

    [Fact]
    public async Task Attributes_and_excludedAttributes_choose_what_is_shown()
    {
        var id = await CreateAsync($"some{Number()}", more: ",\"title\":\"x\",\"name\":{\"givenName\":\"G\",\"familyName\":\"F\"}");
        Assert.Equal(
            ["schemas", "id", "title", "name"], Names(await _service.GetAsync($"{Users}/{id}?attributes=TITLE,name.givenName,nothing")));
        var excluded = await _service.GetAsync($"{Users}/{id}?excludedAttributes=title,emails,id,name.familyName");
        Assert.DoesNotContain("title", Names(excluded));
        Assert.DoesNotContain("emails", Names(excluded));
        Assert.Contains("id", Names(excluded));
        Same("""{"givenName":"G"}""", excluded["name"]);
        var search = (await _service.SendAsync("POST", $"{Users}/.search", $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName"],"filter":"id eq \"{{id}}\"","startIndex":1,
             "count":10,"sortBy":"userName"}
            """)).Is(200);
        Assert.Equal(1, search["totalResults"].GetInt32());
        Assert.Equal(["schemas", "id", "userName"], search["Resources"][0].EnumerateObject().Select(member => member.Name));

        static string[] Names(Response response) => [.. response.Is(200).Json.EnumerateObject().Select(member => member.Name)];
    }

    [Fact]
    public async Task Formatted_name_is_the_name_of_the_user_where_there_is_no_other_one()
    {
        var id = await CreateAsync($"formatted{Number()}", more: ",\"name\":{\"formatted\":\"Ada L.\"}");
        Assert.Equal("Ada L.", (await _service.GetAsync($"/api/v1/users/{id}")).Is(200)["name"].GetString());
        (await PatchAsync(id, """{"op":"replace","path":"name.formatted","value":"Ada K."}""")).Is(200);
        Assert.Equal("Ada K.", (await _service.GetAsync($"/api/v1/users/{id}")).Is(200)["name"].GetString());
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"name":"Ada M."}""")).Is(200);
        var user = (await _service.GetAsync($"{Users}/{id}")).Is(200);
        Assert.Equal(("Ada M.", "Ada M."), (user["displayName"].GetString(), user["name"].GetProperty("formatted").GetString()));
    }

    [Fact]
    public async Task Address_that_REST_changes_is_the_primary_one()
    {
        var number = Number();
        var emails = $$"""[{"value":"h{{number}}@home.example","type":"home"},{"value":"w{{number}}@example.org","type":"work"}]""";
        var created = (await _service.SendAsync("POST", Users, $$"""{"userName":"mail{{number}}","emails":{{emails}}}""")).Is(201);
        Same(emails, created["emails"]);
        var id = created["id"].GetString();
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", $$"""{"email":"x{{number}}@example.org"}""")).Is(200);
        Same(emails.Replace($"w{number}", $"x{number}", StringComparison.Ordinal), (await _service.GetAsync($"{Users}/{id}")).Is(200)["emails"]);
        Assert.Equal(id, $"{await FindAsync($"emails[type eq \"work\" and value sw \"x{number}@\"]")}");
        Assert.Equal(id, $"{await FindAsync($"emails[value eq \"H{number}@HOME.example\" and type eq \"HOME\"]")}");
        Assert.Null(await FindAsync($"emails[type eq \"home\"].value eq \"x{number}@example.org\""));
    }

    [Theory]
    [MemberData(nameof(ScimFilterText.ComparisonsWithItself), MemberType = typeof(ScimFilterText))]
    public async Task Address_is_equal_to_itself_by_every_comparison(string comparison, bool isFound)
    {
        var number = Number();
        var id = await _service.CreateAsync($"idn{number}@b\u00fccher.example");
        foreach (var attribute in (string[])["userName", "emails", "emails.value", "emails[type eq \"work\"].value"])
        {
            var filter = $"id eq \"{id}\" and {attribute} {comparison} \"Idn{number}@b\u00fccher.example\"";
            Assert.True(isFound == (await FindAsync(filter) == id), filter);
        }
    }

    [Fact]
    public async Task User_without_an_externalId_is_not_found_by_the_end_of_one()
    {
        var id = await CreateAsync($"end{Number()}");
        Assert.Null(await FindAsync($"id eq \"{id}\" and externalId ew \"\""));
        (await PatchAsync(id, """{"op":"add","path":"externalId","value":"e"}""")).Is(200);
        Assert.Equal(id, await FindAsync($"id eq \"{id}\" and externalId ew \"\""));
    }

    [Fact]
    public async Task Filter_by_a_time_between_two_milliseconds_is_exact()
    {
        var id = await CreateAsync($"time{Number()}");
        var created = (await _service.GetAsync($"{Users}/{id}")).Is(200)["meta"].GetProperty("created").GetDateTimeOffset();
        var before = created.AddMilliseconds(-1).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'5Z'", null);
        Assert.Equal(id, await FindAsync($"id eq \"{id}\" and meta.created gt \"{before}\""));
        Assert.Null(await FindAsync($"id eq \"{id}\" and meta.created le \"{before}\""));
    }

    public static TheoryData<string, string, string, string> Rejected => new()
    {
        { "POST", "", "", "invalidSyntax" },
        { "POST", "", "{", "invalidSyntax" },
        { "POST", "", "[]", "invalidSyntax" },
        { "POST", "", """{"userName":"a","userName":"b"}""", "invalidSyntax" },
        { "POST", "", """{"userName":"a","USERNAME":"b"}""", "invalidSyntax" },
        { "POST", "", """{"userName":"a","name":{"givenName":"a","givenName":"b"}}""", "invalidSyntax" },
        { "POST", "", """{"userName":"a","urn:x":{"b":[{"c":1,"C":2}]}}""", "invalidSyntax" },
        { "POST", "", """{"userName":"\ud800"}""", "invalidSyntax" },
        { "POST", "", """{"\ud800":"a"}""", "invalidSyntax" },
        { "POST", "", """{"schemas":["urn:x"],"userName":"a"}""", "invalidSyntax" },
        { "POST", "", """{"emails":[{"value":"no.name@example.org"}]}""", "invalidValue" },
        { "POST", "", """{"userName":"a"}""", "invalidValue" },
        { "POST", "", """{"userName":"a","emails":[{"value":"no address"}]}""", "invalidValue" },
        { "POST", "", """{"userName":"a\u0000","emails":[{"value":"x.rejected@example.org"}]}""", "invalidValue" },
        { "POST", "", """{"userName":"a","displayName":"a\u0007","emails":[{"value":"x.rejected@example.org"}]}""", "invalidValue" },
        { "POST", "", """{"userName":"a","emails":[{"value":"x.rejected@example.org"},{"value":7}]}""", "invalidValue" },
        { "POST", "", """{"userName":"a","emails":[{"value":"a@b.cd","primary":true},{"value":"b@c.de","primary":true}]}""", "invalidValue" },
        { "POST", "", """{"userName":"a\ufffe"}""", "invalidSyntax" },
        { "POST", "", """{"userName":7}""", "invalidValue" },
        { "POST", "/.search", """{"count":"x"}""", "invalidValue" },
        { "POST", "/.search", """{"filter":"x"}""", "invalidFilter" },
        { "GET", "?filter=userName", "", "invalidFilter" },
        { "GET", "?filter=displayName co \"a\"", "", "invalidFilter" },
        { "GET", "?filter=title eq \"a\"", "", "invalidFilter" },
        { "GET", "?filter=meta.created gt \"yesterday\"", "", "invalidFilter" },
        { "GET", "?filter=active gt true", "", "invalidFilter" },
        { "GET", "?filter=userName eq 7", "", "invalidFilter" },
        { "GET", "?filter=userName eq \"\\u0000\"", "", "invalidFilter" },
        { "GET", "?filter=", "", "invalidFilter" },
        { "GET", "?filter=a&filter=b", "", "invalidValue" },
        { "GET", "?filter=%C3", "", "invalidValue" },
        { "GET", "?startIndex=x", "", "invalidValue" },
        { "GET", "?count=1.5", "", "invalidValue" },
        { "PATCH", "/1", "{}", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[]}""", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[7]}""", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[{"op":"add","value":{"title":"a","TITLE":"b"}}]}""", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[{"op":"add","OP":"add","value":{"title":"a"}}]}""", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[{"op":"move","path":"title"}]}""", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[{"op":"add","path":"title"}]}""", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[{"op":"add","path":7,"value":1}]}""", "invalidPath" },
        { "PATCH", "/1", """{"Operations":[{"op":"add","value":{},"x":1}]}""", "invalidSyntax" },
        { "PATCH", "/1", """{"Operations":[{"op":"add","value":{}}],"x":1}""", "invalidSyntax" },
    };

    [Theory]
    [MemberData(nameof(Rejected))]
    public async Task Invalid_input_is_400_with_its_kind(string method, string path, string body, string type) =>
        Assert.Equal(type, (await _service.SendAsync(method, Users + path, method == "GET" ? null : body)).IsScimError(400));

    [Fact]
    public async Task Body_may_begin_with_a_byte_order_mark()
    {
        var name = $"mark{Number()}";
        (await _service.SendAsync("POST", Users, $$"""{{'\ufeff'}}{"userName":"{{name}}","emails":[{"value":"{{name}}@example.org"}]}""")).Is(201);
    }

    [Fact]
    public async Task Location_is_a_path_where_the_request_names_no_host()
    {
        var id = await CreateAsync($"host{Number()}");
        using var connection = new RawConnection(_service.Client.BaseAddress!);
        await connection.SendAsync($"GET {Users}/{id} HTTP/1.0\r\n\r\n");
        Assert.Contains($"\"location\":\"{Users}/{id}\"", await connection.ReadResponseAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_operations_are_executed_or_rejected()
    {
        var id = await CreateAsync($"any{Number()}");
        var random = new Random(11);
        var executed = 0;
        for (var i = 0; i < 300; i++)
        {
            var operations = ScimPatches.Any(random);
            var response = await PatchAsync(id, operations[1..^1]);
            Assert.True(response.Status is 200 or 400 or 409, $"{response.Status}: {operations}");
            if (response.Status != 200) response.IsScimError(response.Status);
            else executed++;
            (await _service.GetAsync($"{Users}/{id}")).Is(200);
        }

        Assert.InRange(executed, 20, 280);
    }

    [Fact]
    public async Task Attributes_that_are_too_large_together_are_400()
    {
        var id = await CreateAsync($"large{Number()}");
        string Large(string member) => $$"""{"op":"add","path":"{{member}}","value":"{{new string('x', 40_000)}}"}""";
        (await PatchAsync(id, Large("title"))).Is(200);
        Assert.Equal("invalidValue", (await PatchAsync(id, Large("nickName"))).IsScimError(400));
        var externalId = $$"""{"op":"add","path":"externalId","value":"{{new string('x', 321)}}"}""";
        Assert.Equal("invalidValue", (await PatchAsync(id, externalId)).IsScimError(400));
    }

    [Fact]
    public async Task Twenty_emails_are_accepted_and_one_more_is_400()
    {
        string Others(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"value":"{{i}}@home.example"}"""));
        var id = await CreateAsync($"emails{Number()}");
        (await PatchAsync(id, $$"""{"op":"add","path":"emails","value":[{{Others(19)}}]}""")).Is(200);
        Assert.Equal("invalidValue", (await PatchAsync(id, $$"""{"op":"add","path":"emails","value":[{{Others(20)}}]}""")).IsScimError(400));
    }

    private static int Number() => Interlocked.Increment(ref LastNumber);

    private static void Same(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), $"Expected {expected}, got {actual}");

    private async Task<long> CreateAsync(string userName, string? email = null, string more = "") =>
        long.Parse((await PostAsync(userName, email ?? $"{userName}@example.org", more)).Is(201)["id"].GetString()!, null);

    private Task<Response> PostAsync(string userName, string email, string more = "") => _service.SendAsync(
        "POST", Users, $$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{userName}}","emails":[{"value":"{{email}}","type":"work"}]{{more}}}
        """);

    private Task<Response> PatchAsync(long id, string operations) =>
        _service.SendAsync("PATCH", $"{Users}/{id}", $$"""{{{Patch}},"Operations":[{{operations}}]}""", ("Content-Type", "application/scim+json"));

    private async Task<Response> ListAsync(string filter) =>
        (await _service.GetAsync($"{Users}?filter={Uri.EscapeDataString(filter)}")).Is(200);

    /// <summary>The id of the only user that meets the filter; null if none does.</summary>
    private async Task<long?> FindAsync(string filter)
    {
        var found = (await ListAsync(filter))["Resources"].EnumerateArray().ToList();
        return found.Count == 0 ? null : long.Parse(Assert.Single(found).GetProperty("id").GetString()!, null);
    }
}

public sealed class ScimResourceOnSqlite(ServiceOnSqlite service) : ScimResource(service), IClassFixture<ServiceOnSqlite>;

public sealed class ScimResourceOnSqlServer(ServiceOnSqlServer service) : ScimResource(service), IClassFixture<ServiceOnSqlServer>;

public sealed class ScimResourceOnPostgreSql(ServiceOnPostgreSql service) : ScimResource(service), IClassFixture<ServiceOnPostgreSql>;
