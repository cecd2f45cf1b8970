using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace CleanUsers.WebApi.Tests;

/// <summary>Two hundred clients that send a byte a second: half of them in their headers, half in their bodies.</summary>
public sealed class SlowClients(Service service) : IClassFixture<Service>
{
    private const int Count = 200;

    [Fact]
    public async Task They_keep_nobody_waiting_and_are_sent_away()
    {
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

        await over.CancelAsync(); // none is left that could be
        var answers = await Task.WhenAll(slow);
        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal));
        Assert.Equal(Count / 2, answers.Count(answer => answer.Contains("\"code\":\"request-timeout\"", StringComparison.Ordinal)));
        waits.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"two requests: median {waits[waits.Count / 2].TotalMilliseconds:F1} ms, worst {waits[^1].TotalMilliseconds:F1} ms, of {waits.Count}");
        Assert.InRange(waits[waits.Count / 2].TotalMilliseconds, 0, 1000); // far from what a machine of one core needs: a crowd that is waited for takes 5 s and more
        Assert.InRange(waits[^1].TotalSeconds, 0, 5);
    }

    /// <summary>Sends a byte a second, and returns what the service says to it.</summary>
    private async Task<string> DribbleAsync(string start, CancellationToken ct)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port, ct);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(start), ct);
        var answer = ReadAsync(stream, ct);
        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromSeconds(1), ct));
            if (!answer.IsCompleted) await stream.WriteAsync("x"u8.ToArray(), ct);
        }

        return await answer;
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var octets = new byte[10_000];
        var length = 0;
        for (var read = 1; read > 0; length += read) read = await stream.ReadAsync(octets.AsMemory(length), ct);
        return Encoding.ASCII.GetString(octets, 0, length);
    }
}
