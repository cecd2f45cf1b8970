using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>Two hundred clients that send a byte a second: half of them in their headers, half in their bodies.</summary>
public sealed class SlowClients(Service service) : IClassFixture<Service>
{
    private const int Count = 200;

    [Fact]
    public async Task Slow_clients_get_408_and_do_not_delay_other_requests()
    {
        LongTest.SkipUnlessDemanded();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        var slow = Enumerable.Range(0, Count).Select(i => DribbleAsync(
            i % 2 == 0
                ? "GET /api/v1/users HTTP/1.1\r\nHost: x\r\nX-Slow: "
                : "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n",
            over.Token)).ToList();

        var waits = new List<TimeSpan>();
        while (slow.Any(client => !client.IsCompleted) && clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            var start = clock.Elapsed;
            (await service.SendAsync("POST", "/api/v1/users", $$"""{"email":"s{{waits.Count}}@example.org"}""")).Is(201);
            (await service.GetAsync("/api/v1/users?pageSize=1")).Is(200);
            waits.Add(clock.Elapsed - start);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await over.CancelAsync(); // all have ended, unless the time is over
        var responses = await Task.WhenAll(slow);
        Assert.All(responses, response => Assert.StartsWith("HTTP/1.1 408", response, StringComparison.Ordinal));
        Assert.All(responses, response => Assert.Contains("\r\nConnection: close\r\n", response, StringComparison.Ordinal));
        Assert.Equal(Count / 2, responses.Count(response => response.Contains("\"code\":\"request-timeout\"", StringComparison.Ordinal)));
        waits.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"two requests: median {waits[waits.Count / 2].TotalMilliseconds:F1} ms, worst {waits[^1].TotalMilliseconds:F1} ms, of {waits.Count}");
        // a machine of one core needs far less; waiting for the slow clients would take 5 s and more
        Assert.InRange(waits[waits.Count / 2].TotalMilliseconds, 0, 1000);
        Assert.InRange(waits[^1].TotalSeconds, 0, 5);
    }

    /// <summary>Sends a byte a second, and returns the response.</summary>
    private async Task<string> DribbleAsync(string start, CancellationToken ct)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port, ct);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(start), ct);
        var response = ReadAsync(stream, ct);
        while (!response.IsCompleted)
        {
            await Task.WhenAny(response, Task.Delay(TimeSpan.FromSeconds(1), ct));
            if (!response.IsCompleted) await stream.WriteAsync("x"u8.ToArray(), ct);
        }

        return await response;
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var bytes = new byte[10_000];
        var length = 0;
        for (var read = 1; read > 0; length += read) read = await stream.ReadAsync(bytes.AsMemory(length), ct);
        return Encoding.ASCII.GetString(bytes, 0, length);
    }
}
