using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>Real receivers, which get what really happens.</summary>
public abstract class WebhookDeliveries(Service service)
{
    private readonly Service _service = service.Present();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_arrives_signed_in_order_and_without_personal_data()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var webhook = await CreateAsync(receiver.Url);
        var id = await _service.CreateAsync("every.kind@example.org", ""","name":"Lovelace" """);
        var user = $"/api/v1/users/{id}";
        (await _service.SendAsync("PATCH", user, """{"age":7}""")).Is(200);
        (await _service.SendAsync("DELETE", user)).Is(204);
        (await _service.SendAsync("PATCH", $"/api/v1/deleted-users/{id}", """{"deleted":false}""")).Is(200);
        (await _service.SendAsync("DELETE", user)).Is(204);
        (await _service.SendAsync("DELETE", $"/api/v1/deleted-users/{id}")).Is(204);

        var events = await receiver.WaitAsync(6);
        Assert.Equal(["created", "updated", "deleted", "restored", "deleted", "purged"], events.Select(received => received.Kind));
        Assert.Equal(Enumerable.Range(1, 6).Select(version => $"{id}-{version}"), events.Select(received => received.Id));
        foreach (var received in events)
        {
            Assert.Equal(1, received.CountSignatures(webhook.Secret));
            Assert.Equal($"POST {new Uri(receiver.Url).PathAndQuery}", received.Request);
            Assert.InRange(
                TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - long.Parse(received.Timestamp, CultureInfo.InvariantCulture), 0, 60);
            var cloudEvent = received.Event;
            Assert.Equal(
                (received.Id, $"{id}", "/api/v1/users", "application/json"),
                (cloudEvent.Id, cloudEvent.Subject, cloudEvent.Source!.ToString(), cloudEvent.DataContentType));
            var data = Assert.IsType<JsonElement>(cloudEvent.Data);
            Assert.Equal(["userId", "version", "kind", "at"], data.EnumerateObject().Select(member => member.Name));
            Assert.Equal((id, received.Kind), (data.GetProperty("userId").GetInt64(), data.GetProperty("kind").GetString()));
            Assert.Equal(cloudEvent.Time, data.GetProperty("at").GetDateTimeOffset());
            foreach (var personal in (string[])["every.kind", "Lovelace", "example.org"])
                Assert.DoesNotContain(personal, Encoding.UTF8.GetString(received.Body), StringComparison.OrdinalIgnoreCase);
        }

        Assert.Empty(await FailuresAsync(webhook.Path));
    }

    [Fact]
    public async Task Events_of_a_user_arrive_in_order_however_many_writers_there_are()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await CreateAsync(receiver.Url);
        const int Users = 5;
        const int Changes = 12;
        var ids = await Task.WhenAll(Enumerable.Range(0, Users).Select(async i =>
        {
            var id = await _service.CreateAsync($"order{i}.webhooks@example.org");
            for (var age = 1; age < Changes; age++) (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", $$"""{"age":{{age}}}""")).Is(200);
            return id;
        }));
        var events = (await receiver.WaitAsync(Users * Changes)).Where(received => ids.Any(id => received.Event.Subject == $"{id}")).ToList();
        foreach (var id in ids)
        {
            Assert.Equal(
                Enumerable.Range(1, Changes).Select(version => $"{id}-{version}"),
                events.Where(received => received.Event.Subject == $"{id}").Select(received => received.Id));
        }
    }

    [Fact]
    public async Task Only_the_kinds_of_the_webhook_arrive()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await CreateAsync(receiver.Url, ""","kinds":["deleted"]""");
        var one = await _service.CreateDeletedAsync("kinds1.webhooks@example.org");
        var two = await _service.CreateDeletedAsync("kinds2.webhooks@example.org");
        var events = await receiver.WaitAsync(2);
        Assert.Equal([$"{one}-2", $"{two}-2"], events.Select(received => received.Id).Where(id => id == $"{one}-2" || id == $"{two}-2"));
        Assert.All(events, received => Assert.Equal("deleted", received.Kind));
    }

    [Fact]
    public async Task Both_secrets_sign_after_a_rotation()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var webhook = await CreateAsync(receiver.Url);
        var rotated = (await _service.SendAsync("POST", $"{webhook.Path}/secrets")).Is(201)["secret"].GetString()!;
        await _service.CreateAsync("rotation.webhooks@example.org");
        Assert.Equal(2, (await receiver.WaitAsync(1))[0].CountSignatures(rotated, webhook.Secret));
    }

    [Fact]
    public async Task Redelivery_sends_again_what_follows_the_cursor()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var webhook = await CreateAsync(receiver.Url);
        var cursor = (await _service.GetAsync("/api/v1/changes?cursor=now")).Is(200)["nextCursor"].GetString();
        var id = await _service.CreateAsync("redelivery.webhooks@example.org");
        var first = (await receiver.WaitAsync(1)).First(received => received.Id == $"{id}-1");
        (await _service.SendAsync("POST", $"{webhook.Path}/redeliveries", $$"""{"cursor":"{{cursor}}"}""")).Is(204);
        for (var i = 0; i < 200 && receiver.Events.Count(received => received.Id == first.Id) < 2; i++) await Task.Delay(50, Ct);
        var again = receiver.Events.Last(received => received.Id == first.Id);
        Assert.NotSame(first, again);
        Assert.Equal(first.Body, again.Body);
    }

    [Fact]
    public async Task Receivers_that_fail_are_recorded_and_hold_up_no_other()
    {
        await using var hanging = await WebhookReceiver.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var failing = await WebhookReceiver.StartAsync(WebhookReceiver.Status(500));
        await using var closing = await WebhookReceiver.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var elsewhere = await WebhookReceiver.StartAsync();
        await using var redirecting = await WebhookReceiver.StartAsync(WebhookReceiver.Status(307, ("Location", elsewhere.Url)));
        await using var good = await WebhookReceiver.StartAsync();
        var webhooks = new List<(string Path, string Secret)>();
        foreach (var receiver in (WebhookReceiver[])[hanging, failing, closing, redirecting]) webhooks.Add(await CreateAsync(receiver.Url));
        var start = TimeProvider.System.GetTimestamp();
        await CreateAsync(good.Url);
        var id = await _service.CreateAsync("failures.webhooks@example.org");
        await good.WaitAsync(1);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10)); // the timeout of an attempt is 15 s

        Assert.Equal("The receiver responded with status code 500.", await FirstFailureAsync(webhooks[1].Path, id, 500));
        Assert.Equal(
            "The receiver ended the connection, or sent what is not a response of HTTP.", await FirstFailureAsync(webhooks[2].Path, id, null));
        Assert.Equal("The receiver responded with status code 307: redirects are not followed.", await FirstFailureAsync(webhooks[3].Path, id, 307));
        Assert.Empty(elsewhere.Events);
        var message = $"An event could not be delivered to webhook {webhooks[1].Path.Split('/')[^1]} and will be sent again: "
            + "The receiver responded with status code 500.";
        await _service.Signals.LineAsync(text => text.GetProperty("message").GetString() == message);
        foreach (var (path, _) in webhooks) (await _service.SendAsync("DELETE", path)).Is(204);
    }

    [Fact]
    public async Task Gone_receiver_disables_its_webhook_and_an_active_one_goes_on_where_it_stopped()
    {
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(410));
        var webhook = await CreateAsync(receiver.Url);
        var id = await _service.CreateAsync("gone.webhooks@example.org");
        await receiver.WaitAsync(1);
        var read = await UntilAsync(webhook.Path, found => found["status"].GetString() == "Disabled");
        Assert.Equal("The receiver responded with status code 410: it wants no more events.", read["disabledReason"].GetString());
        Assert.Equal("\"2\"", read.Header("ETag"));

        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":7}""")).Is(200);
        receiver.Respond = WebhookReceiver.Status(202);
        (await _service.SendAsync("PATCH", webhook.Path, """{"status":"Active"}""")).Is(200);
        var events = (await receiver.WaitAsync(3)).Select(received => received.Id).ToList();
        Assert.Equal([$"{id}-1", $"{id}-1", $"{id}-2"], events.Where(received => received.StartsWith($"{id}-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        LongTest.SkipUnlessDemanded();
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(429, ("Retry-After", "8")));
        var webhook = await CreateAsync(receiver.Url);
        await _service.CreateAsync("retryafter.webhooks@example.org");
        var first = (await receiver.WaitAsync(1))[0];
        receiver.Respond = WebhookReceiver.Status(200);
        var second = (await receiver.WaitAsync(2))[1];
        Assert.Equal(first.Id, second.Id);
        Assert.InRange((second.At - first.At).TotalSeconds, 7.9, 12);
        Assert.Equal(1, (await FailuresAsync(webhook.Path))[0].GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task Event_that_failed_is_sent_again_with_the_same_id_and_those_after_it_wait()
    {
        LongTest.SkipUnlessDemanded();
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(500));
        await CreateAsync(receiver.Url);
        var id = await _service.CreateAsync("again.webhooks@example.org");
        (await _service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":7}""")).Is(200);
        await receiver.WaitAsync(1);
        receiver.Respond = WebhookReceiver.Status(200);
        var events = (await receiver.WaitAsync(3)).Where(received => received.Id.StartsWith($"{id}-", StringComparison.Ordinal)).ToList();
        Assert.Equal([$"{id}-1", $"{id}-1", $"{id}-2"], events.Select(received => received.Id));
        Assert.InRange((events[1].At - events[0].At).TotalSeconds, 4.9, 8);
    }

    private async Task<(string Path, string Secret)> CreateAsync(string url, string more = "")
    {
        var created = (await _service.SendAsync("POST", "/api/v1/webhooks", $$"""{"url":"{{url}}"{{more}}}""")).Is(201);
        return (created.Header("Location")!, created["secret"].GetString()!);
    }

    private async Task<IReadOnlyList<JsonElement>> FailuresAsync(string webhook) =>
        [.. (await _service.GetAsync($"{webhook}/deliveries?status=Failed")).Is(200)["items"].EnumerateArray()];

    /// <summary>Waits for a failed attempt, and returns its reason.</summary>
    private async Task<string> FirstFailureAsync(string webhook, long userId, int? statusCode)
    {
        IReadOnlyList<JsonElement> failures = [];
        for (var i = 0; i < 400 && failures.Count == 0; i++, await Task.Delay(50, Ct)) failures = await FailuresAsync(webhook);
        Assert.NotEmpty(failures);
        var first = failures[^1];
        Assert.Equal(
            ($"{userId}-1", 1, statusCode, "Failed"),
            (first.GetProperty("eventId").GetString(), first.GetProperty("attempt").GetInt32(),
                first.GetProperty("statusCode").ValueKind == JsonValueKind.Null ? null : first.GetProperty("statusCode").GetInt32(),
                first.GetProperty("status").GetString()));
        return first.GetProperty("reason").GetString()!;
    }

    private async Task<Response> UntilAsync(string path, Func<Response, bool> condition)
    {
        for (var i = 0; i < 400; i++, await Task.Delay(50, Ct))
            if (await _service.GetAsync(path) is var response && condition(response.Is((int)HttpStatusCode.OK))) return response;
        throw new Xunit.Sdk.XunitException($"{path} does not become what was expected.");
    }
}

public sealed class ServiceForReceiversOnSqlite() : Service(new SqliteTestDatabase())
{
    protected override IEnumerable<(string Key, string Value)> Settings => [("Webhooks:AllowedNetworks", "127.0.0.0/8")];
}

public sealed class ServiceForReceiversOnPostgreSql() : Service(new PostgreSqlTestDatabase())
{
    protected override IEnumerable<(string Key, string Value)> Settings => [("Webhooks:AllowedNetworks", "127.0.0.0/8")];
}

public sealed class WebhookDeliveriesOnSqlite(ServiceForReceiversOnSqlite service)
    : WebhookDeliveries(service), IClassFixture<ServiceForReceiversOnSqlite>;

public sealed class WebhookDeliveriesOnPostgreSql(ServiceForReceiversOnPostgreSql service)
    : WebhookDeliveries(service), IClassFixture<ServiceForReceiversOnPostgreSql>;
