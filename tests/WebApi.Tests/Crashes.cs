using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program as a separate process that is killed.</summary>
public sealed class Crashes : IDisposable
{
    private const string Request = """{"email":"crash@example.org"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Fact]
    public async Task Retry_after_a_kill_replays_the_response_that_was_not_received()
    {
        using (var first = await Running.StartAsync(_folder))
        {
            // a client that sends a request and does not read the response
            using var connection = new TcpClient();
            await connection.ConnectAsync(first.Address.Host, first.Address.Port);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + $"Idempotency-Key: crash\r\nContent-Length: {Request.Length}\r\n\r\n{Request}"));
            while ((await first.GetAsync("/api/v1/users")).GetProperty("items").GetArrayLength() == 0) await Task.Delay(10);
        }

        using var second = await Running.StartAsync(_folder);
        using var retry = new HttpRequestMessage(HttpMethod.Post, new Uri(second.Address, "/api/v1/users"));
        retry.Content = new StringContent(Request, Encoding.UTF8, "application/json");
        retry.Headers.Add("Idempotency-Key", "crash");
        using var response = await second.Client.SendAsync(retry);

        Assert.Equal(201, (int)response.StatusCode);
        Assert.Equal("true", Assert.Single(response.Headers.GetValues("Idempotency-Replayed")));
        var users = (await second.GetAsync("/api/v1/users")).GetProperty("items");
        Assert.Equal(1, users.GetArrayLength());
        Assert.Equal(users[0].GetRawText(), await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Created_users_are_there_after_a_kill()
    {
        var created = new ConcurrentBag<long>();
        using (var first = await Running.StartAsync(_folder))
        {
            var clients = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    try
                    {
                        using var response = await first.Client.PostAsync(
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
        using var second = await Running.StartAsync(_folder);
        foreach (var id in created) await second.GetAsync($"/api/v1/users/{id}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Running : IDisposable
    {
        private readonly Process _process;

        private Running(Process process, Uri address) => (_process, Address) = (process, address);

        public Uri Address { get; }

        public HttpClient Client { get; } = new();

        public static async Task<Running> StartAsync(string folder)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                WorkingDirectory = folder,
            };
            start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            start.Environment["RateLimiting__Enabled"] = "false";
            start.Environment["Logging__LogLevel__Microsoft.Hosting"] = "Information";
            var process = Process.Start(start)!;
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                var address = Regex.Match(line, "(?<=listening on: )http://.*", RegexOptions.None, TimeSpan.FromSeconds(1));
                if (!address.Success) continue;
                _ = process.StandardOutput.ReadToEndAsync();
                return new Running(process, new Uri(address.Value));
            }

            throw new Xunit.Sdk.XunitException("The service did not start.");
        }

        public async Task<JsonElement> GetAsync(string path)
        {
            using var response = await Client.GetAsync(new Uri(Address, path));
            Assert.Equal(200, (int)response.StatusCode);
            return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
        }

        /// <summary>SIGKILL.</summary>
        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill();
            _process.WaitForExit();
            Client.Dispose();
        }
    }
}
