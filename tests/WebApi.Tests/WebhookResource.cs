using System.Text.Json;
using CleanUsers.Domain.Users;

namespace CleanUsers.WebApi.Tests;

public abstract class WebhookResource(Service service)
{
    private const string Webhooks = "/api/v1/webhooks";

    private readonly Service _service = service.Present();

    [Fact]
    public async Task POST_creates_a_webhook_and_shows_its_secret_once()
    {
        var created = (await PostAsync("""{"url":"https://webhooks.invalid/a?b=c","kinds":["purged","created"],"description":"Grüße"}""")).Is(201);
        Assert.Equal($"{Webhooks}/{created["id"]}", created.Header("Location"));
        Assert.Equal(("\"1\"", "no-store"), (created.Header("ETag"), created.Header("Cache-Control")));
        Assert.Equal(
            ("https://webhooks.invalid/a?b=c", """["created","purged"]""", "Grüße", "Active", JsonValueKind.Null),
            (created["url"].GetString(), created["kinds"].GetRawText(), created["description"].GetString(), created["status"].GetString(),
                created["disabledReason"].ValueKind));
        Assert.Equal(32, Convert.FromBase64String(created["secret"].GetString()!["whsec_".Length..]).Length);

        var read = (await _service.GetAsync(created.Header("Location")!)).Is(200);
        Assert.Equal(created.Body.Replace($",\"secret\":\"{created["secret"]}\"", "", StringComparison.Ordinal), read.Body);
        Assert.DoesNotContain(created["secret"].GetString()!, (await _service.GetAsync(Webhooks)).Is(200).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kinds_and_description_are_null_unless_they_are_sent()
    {
        var created = (await PostAsync("""{"url":"https://webhooks.invalid/"}""")).Is(201);
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (created["kinds"].ValueKind, created["description"].ValueKind));
    }

    public static TheoryData<string> Kinds => [.. Enum.GetNames<UserChangeKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Webhook_for_one_kind_is_created_and_read_back(string kind)
    {
        var created = (await PostAsync($$"""{"url":"https://webhooks.invalid/","kinds":["{{kind}}"]}""")).Is(201);
        Assert.Equal($"""["{kind}"]""", (await _service.GetAsync(created.Header("Location")!)).Is(200)["kinds"].GetRawText());
    }

    [Theory]
    [InlineData("""{}""", "pointer #/url required")]
    [InlineData("""{"url":null}""", "pointer #/url required")]
    [InlineData("""{"url":7}""", "pointer #/url wrong-type")]
    [InlineData("""{"url":"ftp://example.org/"}""", "pointer #/url invalid-url")]
    [InlineData("""{"url":"http://169.254.169.254/"}""", "pointer #/url forbidden-address")]
    [InlineData("""{"url":"http://localhost:5080/"}""", "pointer #/url forbidden-address")]
    [InlineData("""{"url":"http://[::1]/"}""", "pointer #/url forbidden-address")]
    [InlineData("""{"url":"http://[::ffff:127.0.0.1]/"}""", "pointer #/url forbidden-address")]
    [InlineData("""{"url":"http://10.0.0.1/"}""", "pointer #/url forbidden-address")]
    [InlineData("""{"url":"http://0x0a000001/"}""", "pointer #/url forbidden-address")]
    [InlineData("""{"url":"https://webhooks.invalid/","kinds":"created"}""", "pointer #/kinds wrong-type")]
    [InlineData("""{"url":"https://webhooks.invalid/","kinds":[1]}""", "pointer #/kinds wrong-type")]
    [InlineData("""{"url":"https://webhooks.invalid/","kinds":[]}""", "pointer #/kinds too-short")]
    [InlineData("""{"url":"https://webhooks.invalid/","kinds":["Created"]}""", "pointer #/kinds unknown-value")]
    [InlineData("""{"url":"https://webhooks.invalid/","kinds":["created","created"]}""", "pointer #/kinds repeated")]
    [InlineData("""{"url":"https://webhooks.invalid/","description":"a\nb"}""", "pointer #/description invalid-character")]
    [InlineData("""{"url":"https://webhooks.invalid/","description":""}""", "pointer #/description too-short")]
    [InlineData("""{"url":"https://webhooks.invalid/","secret":"whsec_AAAA"}""", "pointer #/secret unknown-member")]
    public async Task Invalid_webhook_is_rejected(string body, string error) => (await PostAsync(body)).HasErrors(error);

    [Fact]
    public async Task Error_names_the_forbidden_address() => Assert.Equal(
        "Url must not have the address '10.0.0.1', which is not on the public internet (an administrator can allow it).",
        (await PostAsync("""{"url":"http://10.0.0.1/"}""")).Is(400)["errors"][0].GetProperty("detail").GetString());

    [Fact]
    public async Task PATCH_changes_what_it_names_and_raises_the_version()
    {
        var path = await CreateAsync();
        var patched = (await _service.SendAsync("PATCH", path, """{"status":"Disabled","kinds":["deleted"]}""")).Is(200);
        Assert.Equal(
            ("\"2\"", "Disabled", """["deleted"]"""), (patched.Header("ETag"), patched["status"].GetString(), patched["kinds"].GetRawText()));
        Assert.Equal("\"2\"", (await _service.SendAsync("PATCH", path, """{"status":"Disabled"}""")).Is(200).Header("ETag"));
        patched = (await _service.SendAsync("PATCH", path, """{"status":"Active","kinds":null,"description":"Billing"}""")).Is(200);
        Assert.Equal((3, JsonValueKind.Null), (patched["version"].GetInt64(), patched["kinds"].ValueKind));
        Assert.Equal(patched.Body, (await _service.GetAsync(path)).Is(200).Body);
    }

    [Theory]
    [InlineData("""{"url":"http://127.0.0.1/"}""", "pointer #/url forbidden-address")]
    [InlineData("""{"url":null}""", "pointer #/url required")]
    [InlineData("""{"status":"active"}""", "pointer #/status unknown-value")]
    [InlineData("""{"status":null}""", "pointer #/status required")]
    [InlineData("""{"disabledReason":null}""", "pointer #/disabledReason unknown-member")]
    public async Task Invalid_patch_is_rejected(string body, string error) =>
        (await _service.SendAsync("PATCH", await CreateAsync(), body)).HasErrors(error);

    [Fact]
    public async Task Conditions_are_those_of_users()
    {
        var path = await CreateAsync();
        (await _service.GetAsync(path, ("If-None-Match", "\"1\""))).Is(304);
        (await _service.SendAsync("PATCH", path, """{"description":"x"}""", ("If-Match", "\"2\""))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("PATCH", path, """{"description":"x"}""", ("If-Match", "\"1\""))).Is(200);
        (await _service.SendAsync("DELETE", path, null, ("If-Match", "\"1\""))).IsProblem(412, "version-mismatch");
        (await _service.SendAsync("DELETE", path, null, ("If-Match", "\"2\""))).Is(204);
        (await _service.GetAsync(path)).IsProblem(404, "not-found");
    }

    [Theory]
    [InlineData("GET", "", null)]
    [InlineData("PATCH", "", "{}")]
    [InlineData("DELETE", "", null)]
    [InlineData("POST", "/secrets", null)]
    [InlineData("GET", "/deliveries", null)]
    [InlineData("POST", "/redeliveries", """{"cursor":"now"}""")]
    public async Task Unknown_webhook_is_404(string method, string path, string? body) => Assert.Equal(
        "Webhook 999999999 not found.",
        (await _service.SendAsync(method, $"{Webhooks}/999999999{path}", body)).IsProblem(404, "not-found")["detail"].GetString());

    [Fact]
    public async Task Rotation_shows_a_new_secret_and_when_the_one_before_expires()
    {
        var created = (await PostAsync("""{"url":"https://webhooks.invalid/"}""")).Is(201);
        var rotated = (await _service.SendAsync("POST", $"{created.Header("Location")}/secrets")).Is(201);
        Assert.NotEqual(created["secret"].GetString(), rotated["secret"].GetString());
        Assert.InRange((rotated["previousSecretExpiresAt"].GetDateTimeOffset() - created["createdAt"].GetDateTimeOffset()).TotalHours, 24, 24.1);
        Assert.Equal("\"2\"", (await _service.GetAsync(created.Header("Location")!)).Header("ETag"));
    }

    [Fact]
    public async Task Webhooks_are_listed_newest_first_page_by_page()
    {
        var paths = new List<string>();
        for (var i = 0; i < 3; i++) paths.Add(await CreateAsync());
        var first = (await _service.GetAsync($"{Webhooks}?pageSize=2")).Is(200);
        Assert.Equal([paths[2], paths[1]], first["items"].EnumerateArray().Select(webhook => $"{Webhooks}/{webhook.GetProperty("id")}"));
        var second = (await _service.GetAsync($"{Webhooks}?pageSize=1&cursor={first["nextCursor"]}")).Is(200);
        Assert.Equal(paths[0], $"{Webhooks}/{second["items"][0].GetProperty("id")}");
        (await _service.GetAsync($"{Webhooks}?cursor=x")).HasErrors("parameter cursor invalid-cursor");
        (await _service.GetAsync($"{paths[0]}/deliveries?cursor={first["nextCursor"]}")).HasErrors("parameter cursor invalid-cursor");
    }

    [Fact]
    public async Task Deliveries_have_one_status()
    {
        var path = await CreateAsync();
        Assert.Equal(0, (await _service.GetAsync($"{path}/deliveries?status=Failed")).Is(200)["items"].GetArrayLength());
        (await _service.GetAsync($"{path}/deliveries?status=Delivered")).HasErrors("parameter status unknown-value");
    }

    [Fact]
    public async Task Redelivery_from_a_cursor_that_the_feed_does_not_have_is_410()
    {
        var path = await CreateAsync();
        (await _service.SendAsync("POST", $"{path}/redeliveries", """{"cursor":"now"}""")).Is(204);
        (await _service.SendAsync("POST", $"{path}/redeliveries", "{}")).HasErrors("pointer #/cursor required");
        (await _service.SendAsync("POST", $"{path}/redeliveries", """{"cursor":"x"}""")).HasErrors("pointer #/cursor invalid-cursor");
        await _service.CreateAsync("cursor.webhooks@example.org");
        var cursor = (await _service.GetAsync("/api/v1/changes?cursor=now")).Is(200)["nextCursor"].GetString();
        (await _service.SendAsync("POST", $"{path}/redeliveries", $$"""{"cursor":"{{cursor}}"}""")).Is(204);
        await _service.ExecuteAsync("""UPDATE "UserChanges" SET "Version" = "Version" + 1000""");
        await _service.ExecuteAsync("""UPDATE "Feed" SET "Version" = "Version" + 1000""");
        (await _service.SendAsync("POST", $"{path}/redeliveries", $$"""{"cursor":"{{cursor}}"}""")).IsProblem(410, "cursor-expired");
    }

    private Task<Response> PostAsync(string body) => _service.SendAsync("POST", Webhooks, body);

    private async Task<string> CreateAsync() => (await PostAsync("""{"url":"https://webhooks.invalid/"}""")).Is(201).Header("Location")!;
}

public sealed class WebhookResourceOnSqlite(ServiceOnSqlite service) : WebhookResource(service), IClassFixture<ServiceOnSqlite>;

public sealed class WebhookResourceOnSqlServer(ServiceOnSqlServer service) : WebhookResource(service), IClassFixture<ServiceOnSqlServer>;

public sealed class WebhookResourceOnPostgreSql(ServiceOnPostgreSql service) : WebhookResource(service), IClassFixture<ServiceOnPostgreSql>;
