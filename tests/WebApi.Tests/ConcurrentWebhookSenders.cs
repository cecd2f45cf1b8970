using System.Text;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>Two processes serve one webhook, and each of them is killed once.</summary>
public sealed class ConcurrentWebhookSenders : IAsyncLifetime
{
    private const int Changes = 200;

    private readonly PostgreSqlTestDatabase _database = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly HttpClient _client = new();

    private int _atOnce;
    private int _mostAtOnce;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _database.CreateAsync();

    [Fact]
    public async Task Each_event_arrives_in_order_and_never_two_at_once()
    {
        LongTest.SkipUnlessDemanded();
        _database.SkipWhereAbsent();
        await using var receiver = await WebhookReceiver.StartAsync(async _ =>
        {
            _mostAtOnce = Math.Max(_mostAtOnce, Interlocked.Increment(ref _atOnce));
            await Task.Delay(10, Ct);
            Interlocked.Decrement(ref _atOnce);
        });
        var first = await ServeAsync();
        await SendAsync(first, HttpMethod.Post, "webhooks", $$"""{"url":"{{receiver.Url}}"}""");
        await SendAsync(first, HttpMethod.Post, "users", """{"email":"ada@example.org"}""");
        var second = await ServeAsync();
        for (var age = 1; age < Changes; age++)
            await SendAsync(age % 2 == 0 ? first : second, HttpMethod.Patch, "users/1", $$"""{"age":{{age % 150}},"name":"{{age}}"}""");
        await receiver.WaitAsync(Changes / 10);
        first.Dispose(); // SIGKILL
        await UntilAsync(receiver, Changes / 2, second);
        using var third = await ServeAsync();
        second.Dispose();
        await UntilAsync(receiver, Changes, third);

        Assert.Equal(1, _mostAtOnce);
        // what a killed process had sent of its batch arrives again, with the same ids: without these, each once and in order
        var ids = receiver.Events.Select(received => received.Id).Distinct().ToList();
        Assert.Equal(Enumerable.Range(1, Changes).Select(version => $"1-{version}"), ids);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<OwnProcess> ServeAsync() => OwnProcess.ServeAsync(
        _folder,
        [
            ("Authentication__AllowAnonymous", "true"), ("RateLimiting__Enabled", "false"), ("Webhooks__AllowedNetworks", "127.0.0.0/8"),
            .. _database.Settings,
        ],
        "--urls", "http://127.0.0.1:0");

    private async Task SendAsync(OwnProcess service, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri(service.Address, $"/api/v1/{path}"));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request, Ct);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode}");
    }

    /// <summary>Waits until so many different events have arrived. Lets the lease of the killed process expire.</summary>
    private async Task UntilAsync(WebhookReceiver receiver, int count, OwnProcess alive)
    {
        for (var i = 1; receiver.Events.Select(received => received.Id).Distinct().Count() < count; i++)
        {
            Assert.True(i < 1200, $"{receiver.Events.Count} events");
            // the lease of a live process begins anew with each batch, and a batch ends long before
            if (i % 100 == 0)
            {
                await _database.ExecuteAsync("""UPDATE "Webhooks" SET "LeasedUntil" = now() WHERE "LeasedUntil" < now() + interval '175 s' """);
                await SendAsync(alive, HttpMethod.Patch, "webhooks/1", $$"""{"description":"{{i}}"}"""); // it looks at once
            }

            await Task.Delay(50, Ct);
        }
    }
}
