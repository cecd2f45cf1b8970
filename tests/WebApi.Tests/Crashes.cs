using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program as a separate process that SIGKILL ends.</summary>
public sealed class Crashes : IDisposable
{
    private const string Request = """{"email":"crash@example.org"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly HttpClient _client = new();

    [Fact]
    public async Task Retry_after_a_kill_replays_the_response_that_was_not_received()
    {
        LongTest.SkipUnlessDemanded();
        using (var first = await StartAsync())
        {
            // a client that sends a request and does not read the response
            using var connection = new TcpClient();
            await connection.ConnectAsync(first.Address.Host, first.Address.Port);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + $"Idempotency-Key: crash\r\nContent-Length: {Request.Length}\r\n\r\n{Request}"));
            while ((await GetAsync(first, "/api/v1/users")).GetProperty("items").GetArrayLength() == 0) await Task.Delay(10);
        }

        using var second = await StartAsync();
        using var retry = new HttpRequestMessage(HttpMethod.Post, new Uri(second.Address, "/api/v1/users"));
        retry.Content = new StringContent(Request, Encoding.UTF8, "application/json");
        retry.Headers.Add("Idempotency-Key", "crash");
        using var response = await _client.SendAsync(retry);

        Assert.Equal(201, (int)response.StatusCode);
        Assert.Equal("true", Assert.Single(response.Headers.GetValues("Idempotency-Replayed")));
        var users = (await GetAsync(second, "/api/v1/users")).GetProperty("items");
        Assert.Equal(1, users.GetArrayLength());
        Assert.Equal(users[0].GetRawText(), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Created_users_are_there_after_a_kill()
    {
        LongTest.SkipUnlessDemanded();
        var created = new ConcurrentBag<long>();
        using (var first = await StartAsync())
        {
            var clients = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    try
                    {
                        using var response = await _client.PostAsync(
                            new Uri(first.Address, "/api/v1/users"),
                            new StringContent($$"""{"email":"k{{client}}-{{i}}@example.org"}""", Encoding.UTF8, "application/json"));
                        if ((int)response.StatusCode != 201) return;
                        created.Add(JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).GetProperty("id").GetInt64());
                    }
                    catch (HttpRequestException)
                    {
                        return; // killed
                    }
                }
            })).ToList();
            while (created.Count < 50 && !clients[0].IsCompleted) await Task.Delay(10);
            first.Dispose();
            await Task.WhenAll(clients);
        }

        Assert.NotEmpty(created);
        using var second = await StartAsync();
        foreach (var id in created)
        {
            await GetAsync(second, $"/api/v1/users/{id}");
            Assert.Equal(1, (await GetAsync(second, $"/api/v1/users/{id}/history")).GetProperty("items").GetArrayLength());
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<OwnProcess> StartAsync() => OwnProcess.ServeAsync(
        _folder, [("ASPNETCORE_ENVIRONMENT", "Development"), ("RateLimiting__Enabled", "false")], "--urls", "http://127.0.0.1:0");

    private async Task<JsonElement> GetAsync(OwnProcess service, string path)
    {
        using var response = await _client.GetAsync(new Uri(service.Address, path));
        Assert.Equal(200, (int)response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
    }
}
