using System.Text;

namespace CleanUsers.WebApi.Tests;

public abstract class EmailResource(Service service)
{
    private readonly Service _service = service.Present();

    [Fact]
    public async Task POST_queues_an_email_and_returns_its_location()
    {
        var id = await _service.CreateAsync("queued@example.org");
        var response = (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"Grüße","text":"One\nTwo"}""")).Is(201);
        Assert.Equal($"/api/v1/users/{id}/emails/{response["id"]}", response.Header("Location"));
        Assert.Equal(
            ("Grüße", "One\nTwo", "Queued"), (response["subject"].GetString(), response["text"].GetString(), response["status"].GetString()));
        Assert.Equal(response["createdAt"].GetString(), (await _service.GetAsync(response.Header("Location")!)).Is(200)["createdAt"].GetString());
    }

    [Fact]
    public async Task Retry_with_the_same_key_queues_no_second_email()
    {
        var id = await _service.CreateAsync("key@example.org");
        var responses = new List<Response>();
        for (var i = 0; i < 3; i++)
            responses.Add(
                (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"S","text":"T"}""", ("Idempotency-Key", "k"))).Is(201));
        Assert.Single(responses.Select(response => response.Body).Distinct());
        Assert.Equal("true", responses[2].Header("Idempotency-Replayed"));
        Assert.Equal(1, (await _service.GetAsync($"/api/v1/users/{id}/emails"))["items"].GetArrayLength());
        (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"S","text":"U"}""", ("Idempotency-Key", "k")))
            .IsProblem(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task Emails_are_listed_newest_first_page_by_page()
    {
        var id = await _service.CreateAsync("list@example.org");
        for (var i = 0; i < 3; i++) await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", $$"""{"subject":"{{i}}","text":"T"}""");
        var first = (await _service.GetAsync($"/api/v1/users/{id}/emails?pageSize=2")).Is(200);
        Assert.Equal(["2", "1"], first["items"].EnumerateArray().Select(email => email.GetProperty("subject").GetString()));
        Assert.Contains(
            $"</api/v1/users/{id}/emails?pageSize=2&cursor={first["nextCursor"]}>; rel=\"next\"", first.Header("Link"), StringComparison.Ordinal);
        var second = (await _service.GetAsync($"/api/v1/users/{id}/emails?pageSize=2&cursor={first["nextCursor"]}")).Is(200);
        Assert.Equal("0", Assert.Single(second["items"].EnumerateArray()).GetProperty("subject").GetString());

        var other = await _service.CreateAsync("list2@example.org");
        (await _service.GetAsync($"/api/v1/users/{other}/emails?pageSize=2&cursor={first["nextCursor"]}")).IsProblem(400, "validation-failed");
        (await _service.GetAsync($"/api/v1/users/{id}/emails?sort=id")).IsProblem(400, "validation-failed");
    }

    [Fact]
    public async Task Invalid_email_is_rejected_with_all_its_errors()
    {
        var id = await _service.CreateAsync("rejected@example.org");
        var response = await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"a\r\nBcc: eve@example.org","body":"x"}""");
        response.IsProblem(400, "validation-failed");
        Assert.Equal(["pointer #/body unknown-member", "pointer #/subject invalid-character", "pointer #/text required"], response.Errors().Order());
    }

    [Fact]
    public async Task Longest_text_is_accepted_in_every_spelling_of_JSON()
    {
        var id = await _service.CreateAsync("longest@example.org");
        var (subject, text) = (string.Concat(Enumerable.Repeat("🚀", 200)), string.Concat(Enumerable.Repeat("🚀", 20_000)));
        foreach (var body in (string[])
        [
            $$"""{"subject":"{{subject}}","text":"{{text}}"}""",
            $$"""{"subject":"{{subject}}","text":"{{text}}"}""".Replace("🚀", "\ud83d\ude80", StringComparison.Ordinal),
        ])
        {
            var path = (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", body)).Is(201).Header("Location")!;
            Assert.Equal(text, (await _service.GetAsync(path)).Is(200)["text"].GetString());
        }

        var tooLong = $$"""{"subject":"S","text":"{{text}}x"}""";
        (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", tooLong)).HasErrors("pointer #/text too-long");
    }

    [Fact]
    public async Task Body_of_256_KiB_is_accepted_and_a_larger_one_is_413_even_in_chunks()
    {
        const int Limit = 262_144;
        var id = await _service.CreateAsync("limit@example.org");
        var body = """{"subject":"S","text":"T"}""";
        (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", body + new string(' ', Limit - body.Length))).Is(201);
        (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", body + new string(' ', Limit + 1 - body.Length)))
            .IsProblem(413, "body-too-large");
        Assert.StartsWith("HTTP/1.1 201", await ChunkedAsync(Limit), StringComparison.Ordinal);
        var response = await ChunkedAsync(Limit + 1);
        Assert.StartsWith("HTTP/1.1 413", response, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body-too-large\"", response, StringComparison.Ordinal);
        // the other bodies have their own limit
        (await _service.SendAsync("POST", "/api/v1/users", new string(' ', 65_537))).IsProblem(413, "body-too-large");

        Task<string> ChunkedAsync(int length) => _service.SendRawAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/users/{id}/emails HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + $"{length:x}\r\n{body}{new string(' ', length - body.Length)}\r\n0\r\n\r\n"));
    }

    [Fact]
    public async Task Emails_of_a_missing_or_another_user_are_404()
    {
        var (id, other) = (await _service.CreateAsync("mine@example.org"), await _service.CreateAsync("other@example.org"));
        var email = (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"S","text":"T"}""")).Is(201)["id"];
        (await _service.GetAsync($"/api/v1/users/{other}/emails/{email}")).IsProblem(404, "not-found");
        (await _service.SendAsync("DELETE", $"/api/v1/users/{id}")).Is(204);
        (await _service.GetAsync($"/api/v1/users/{id}/emails/{email}")).IsProblem(404, "user-not-found");
        (await _service.GetAsync($"/api/v1/users/{id}/emails")).IsProblem(404, "user-not-found");
        (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"S","text":"T"}""")).IsProblem(404, "user-not-found");
        (await _service.GetAsync($"/api/v1/users/{other}/emails/01")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task Queued_email_is_delivered_in_the_background()
    {
        var id = await _service.CreateAsync("delivered@bücher.example", ",\"name\":\"Ada\"");
        var path = (await _service.SendAsync("POST", $"/api/v1/users/{id}/emails", """{"subject":"Hello","text":"You."}""")).Is(201).Header(
            "Location")!;
        var email = await _service.GetAsync(path);
        for (var i = 0; i < 600 && email["status"].GetString() == "Queued"; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            email = await _service.GetAsync(path);
        }

        Assert.Equal(("Sent", 1), (email["status"].GetString(), email["attempts"].GetInt32()));
        Assert.NotNull(email["sentAt"].GetString());
        var file = await File.ReadAllTextAsync(Path.Combine(_service.PickupFolder, $"{email["id"]}.eml"), TestContext.Current.CancellationToken);
        Assert.Contains("To: Ada <delivered@", file, StringComparison.Ordinal);
        Assert.Contains("Subject: Hello", file, StringComparison.Ordinal);
    }
}

public sealed class EmailResourceOnSqlite(ServiceOnSqlite service) : EmailResource(service), IClassFixture<ServiceOnSqlite>;

public sealed class EmailResourceOnSqlServer(ServiceOnSqlServer service) : EmailResource(service), IClassFixture<ServiceOnSqlServer>;

public sealed class EmailResourceOnPostgreSql(ServiceOnPostgreSql service) : EmailResource(service), IClassFixture<ServiceOnPostgreSql>;
