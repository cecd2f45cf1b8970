using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CleanUsers.Domain.Users;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Every member that a client decides about a user, everywhere a user is read or written. The members are those of <see cref="UserDetails"/>, so a
/// new one that is left out anywhere fails here.
/// </summary>
[Collection(nameof(InProcess))]
public sealed class MembersOfAUser(Service service) : IClassFixture<Service>, IAsyncDisposable
{
    private const string Address = "member@example.org";

    /// <summary>Two values of each member, and one that breaks its rule, as JSON.</summary>
    private static readonly Dictionary<string, (string First, string Second, string Invalid)> Values = new(StringComparer.Ordinal)
    {
        // the second is the same address in another spelling, which import takes for the same user
        ["email"] = ($"\"{Address}\"", "\"Member@Example.org\"", "\"member\""),
        ["name"] = ("\"Ada\"", "\"Countess\"", "\"\\u0007\""),
        ["age"] = ("36", "37", "151"),
        ["role"] = ("\"User\"", "\"Admin\"", "\"Root\""),
        ["status"] = ("\"Active\"", "\"Inactive\"", "\"Away\""),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    public static TheoryData<string> Members => [.. typeof(UserDetails).GetProperties().Select(property => WireName(property.Name))];

    public static TheoryData<string> MembersThatCanBeNull =>
    [
        .. typeof(UserDetails).GetProperties().Where(property => new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable)
            .Select(property => WireName(property.Name)),
    ];

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Requests_write_it_and_responses_show_it(string member)
    {
        var (first, second) = (User(member, second: false), User(member, second: true));
        var created = (await service.SendAsync("POST", "/api/v1/users", $"{second}")).Is(201);
        var path = $"/api/v1/users/{created["id"]}";
        AssertIs(second, created.Json);
        AssertIs(second, (await service.GetAsync(path)).Is(200).Json);

        var replaced = (await service.SendAsync("PUT", path, $"{first}")).Is(200);
        AssertIs(first, replaced.Json);
        Assert.Equal(2, replaced["version"].GetInt64());
        AssertIs(second, (await service.SendAsync("PUT", path, $"{second}")).Is(200).Json);
        var patched = (await service.SendAsync("PATCH", path, new JsonObject { [member] = first[member]!.DeepClone() }.ToJsonString())).Is(200);
        AssertIs(first, patched.Json);
        Assert.Equal(4, patched["version"].GetInt64());
        AssertIs(first, Only((await service.GetAsync($"/api/v1/users?email={Address}")).Is(200).Json));
        var change = Only((await service.GetAsync($"{path}/history")).Is(200).Json);
        AssertIs(first, change.GetProperty("user"));
        Assert.Equal($"[\"{member}\"]", change.GetProperty("changed").GetRawText());

        (await service.SendAsync("DELETE", path)).Is(204);
        var deleted = $"/api/v1/deleted-users/{created["id"]}";
        AssertIs(first, (await service.GetAsync(deleted)).Is(200).Json);
        AssertIs(first, Only((await service.GetAsync("/api/v1/deleted-users?pageSize=1")).Is(200).Json));
        AssertIs(first, (await service.SendAsync("PATCH", deleted, """{"deleted":false}""")).Is(200).Json);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Requests_with_an_invalid_value_of_it_are_400(string member)
    {
        var invalid = User(member, second: false);
        invalid[member] = JsonNode.Parse(Values[member].Invalid);
        foreach (var (method, path) in ((string, string)[])[("POST", "/api/v1/users"), ("PUT", "/api/v1/users/1"), ("PATCH", "/api/v1/users/1")])
        {
            var rejected = (await service.SendAsync(method, path, $"{invalid}")).IsProblem(400, "validation-failed");
            Assert.Equal($"#/{member}", Assert.Single(rejected["errors"].EnumerateArray()).GetProperty("pointer").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(MembersThatCanBeNull))]
    public async Task Null_in_PATCH_removes_it_and_so_does_an_option(string member)
    {
        var (user, removed) = (User(member, second: false), new JsonObject { [member] = null });
        var path = $"/api/v1/users/{(await service.SendAsync("POST", "/api/v1/users", $"{user}")).Is(201)["id"]}";
        AssertIs(removed, (await service.SendAsync("PATCH", path, $"{removed}")).Is(200).Json);

        await RunAsync(["users", "create", .. Options(user)]);
        using var updated = JsonDocument.Parse(await RunAsync("users", "update", "1", $"--clear-{member}", "--json"));
        AssertIs(removed, updated.RootElement);
        Assert.Equal(
            (1, "", $"--{member} and --clear-{member} can't be used together.\n"),
            await InProcess.RunAsync(_folder, [], "users", "update", "1", $"--{member}", $"{user[member]}", $"--clear-{member}"));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Change_of_something_else_by_SCIM_leaves_it(string member)
    {
        var user = User(member, second: true);
        var id = (await service.SendAsync("POST", "/api/v1/users", $"{user}")).Is(201)["id"];
        var (rest, scim) = ($"/api/v1/users/{id}", $"/scim/v2/Users/{id}");
        var whole = JsonNode.Parse((await service.GetAsync(scim)).Is(200).Body)!;
        whole["title"] = "Ms";
        (await service.SendAsync("PUT", scim, $"{whole}")).Is(200);
        AssertIs(user, (await service.GetAsync(rest)).Is(200).Json);
        (await service.SendAsync("PATCH", scim, """
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Dr"}]}
            """)).Is(200);
        AssertIs(user, (await service.GetAsync(rest)).Is(200).Json);
    }

    [Fact]
    public void Described_requests_have_it()
    {
        var schemas = DescribedContract.Operations
            .Where(operation => operation is ("/api/v1/users", "post", _) or ("/api/v1/users/{id}", "put" or "patch", _))
            .SelectMany(operation => operation.Operation["requestBody"]!["content"]!.AsObject())
            .Select(body => DescribedContract.Resolve(body.Value!["schema"]!)["properties"]!.AsObject()).ToList();
        Assert.Equal(4, schemas.Count); // PATCH has two media types
        Assert.All(schemas, schema => Assert.All(Members, row => Assert.True(schema.ContainsKey(row.Data), row.Data)));
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Files_are_read_and_written_with_it(string member)
    {
        foreach (var format in (string[])["ndjson", "csv"])
        {
            var (first, second) = (User(member, second: false), User(member, second: true));
            await ImportAsync(format, first, "--update");
            Assert.Contains("\"unchanged\":1", await ImportAsync(format, first, "--update", "--dry-run"), StringComparison.Ordinal);
            Assert.Contains("\"replaced\":1", await ImportAsync(format, second, "--update", "--dry-run"), StringComparison.Ordinal);
            Assert.Contains("\"replaced\":1", await ImportAsync(format, second, "--update"), StringComparison.Ordinal);
            using var json = JsonDocument.Parse(await RunAsync("users", "get", "1", "--json"));
            AssertIs(second, json.RootElement);

            await RunAsync("users", "export", "--output", $"exported.{format}");
            await ImportAsync(format, first, "--update");
            var counts = await RunAsync("users", "import", $"exported.{format}", "--update", "--json");
            Assert.Contains("\"replaced\":1", counts, StringComparison.Ordinal);
            using var again = JsonDocument.Parse(await RunAsync("users", "get", "1", "--json"));
            AssertIs(second, again.RootElement);
        }
    }

    [Fact]
    public async Task Commands_write_and_print_it()
    {
        var user = User(Members.First().Data, second: true);
        var options = Options(user);
        using var created = JsonDocument.Parse(await RunAsync(["users", "create", "--json", .. options]));
        AssertIs(user, created.RootElement);
        foreach (var (member, value) in User(Members.First().Data, second: false))
        {
            using var updated = JsonDocument.Parse(await RunAsync("users", "update", "1", $"--{member}", $"{value}", "--json"));
            AssertIs(new JsonObject { [member] = value!.DeepClone() }, updated.RootElement);
        }

        await RunAsync(["users", "update", "1", .. options]);
        var (one, list) = (await RunAsync("users", "get", "1"), await RunAsync("users", "list"));
        foreach (var (name, value) in user)
        {
            Assert.Matches($"(?m)^{name} +{Regex.Escape($"{value}")}$", one);
            Assert.Contains(name.ToUpperInvariant(), list, StringComparison.Ordinal);
            Assert.Contains($"{value}", list, StringComparison.Ordinal);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        // also after a failure, or the next test could not create it
        foreach (var user in (await service.GetAsync($"/api/v1/users?email={Address}")).Is(200)["items"].EnumerateArray())
            (await service.SendAsync("DELETE", $"/api/v1/users/{user.GetProperty("id")}")).Is(204);
    }

    private static string WireName(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    private static JsonElement Only(JsonElement page) => page.GetProperty("items").EnumerateArray().First();

    /// <summary>A user that has the first value of every member, but for one.</summary>
    private static JsonObject User(string member, bool second) => new(Members.Select(row => KeyValuePair.Create(
        row.Data, JsonNode.Parse(row.Data == member && second ? Values[row.Data].Second : Values[row.Data].First))));

    private static string[] Options(JsonObject user) => [.. user.SelectMany(member => (string[])[$"--{member.Key}", $"{member.Value}"])];

    private static void AssertIs(JsonObject expected, JsonElement user) => Assert.All(expected, member =>
        Assert.True(
            user.TryGetProperty(member.Key, out var value) && JsonNode.DeepEquals(JsonNode.Parse(value.GetRawText()), member.Value),
            $"'{member.Key}' must be {member.Value?.ToJsonString() ?? "null"} in {user.GetRawText()}"));

    private async Task<string> ImportAsync(string format, JsonObject user, params string[] options)
    {
        string[] lines = format == "csv"
            ? [string.Join(',', user.Select(member => member.Key)), string.Join(',', user.Select(member => $"{member.Value}"))]
            : [user.ToJsonString()];
        await File.WriteAllLinesAsync(Path.Combine(_folder, $"users.{format}"), lines, TestContext.Current.CancellationToken);
        return await RunAsync(["users", "import", $"users.{format}", "--json", .. options]);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, error) = await InProcess.RunAsync(_folder, [], arguments);
        Assert.Equal((0, ""), (code, error));
        return output;
    }
}
