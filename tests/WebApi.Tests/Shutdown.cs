using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace CleanUsers.WebApi.Tests;

public sealed class Shutdown
{
    [Fact]
    public async Task Under_load_it_says_so_at_once_cuts_nobody_off_and_exits_with_0()
    {
        using var service = await Running.StartAsync("Shutdown:Delay=00:00:02");
        for (var i = 0; i < 20; i++) (await service.SendAsync("POST", "/api/v1/users", $$"""{"email":"u{{i}}@example.org"}""")).Is(201);
        var answered = 0;
        var clients = Enumerable.Range(0, 8).Select(number => Task.Run(() => AskUntilTurnedAwayAsync(service, number, () => Interlocked.Increment(ref answered)))).ToList();
        while (Volatile.Read(ref answered) < 500 && !clients.Any(client => client.IsFaulted)) await Task.Delay(20, TestContext.Current.CancellationToken);

        // a request that begins before and ends after everybody else has gone
        var body = Encoding.ASCII.GetBytes("""{"email":"slow@example.org"}""");
        using var slow = new RawConnection(service.Address);
        await slow.SendAsync($"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        await slow.SendAsync(body[..10]);

        service.Terminate();
        Assert.StartsWith("HTTP/1.1 503", await EventuallyUnreadyAsync(service), StringComparison.Ordinal);
        using (var late = new RawConnection(service.Address))
        {
            await late.SendAsync("GET /api/v1/users/1 HTTP/1.1\r\nHost: x\r\n\r\n");
            var answer = await late.ReadAnswerAsync();
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
            Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        }

        await UntilRefusedAsync(service.Address);
        await slow.SendAsync(body[10..]);
        Assert.StartsWith("HTTP/1.1 201", await slow.ReadAnswerAsync(), StringComparison.Ordinal);

        Assert.Equal(0, await service.EndAsync(TimeSpan.FromSeconds(30)));
        await Task.WhenAll(clients);
        Assert.DoesNotContain(service.Lines, line => JsonElement.Parse(line).GetProperty("level").GetString() is "Error" or "Critical");
    }

    [Fact]
    public async Task Who_takes_longer_than_is_allowed_does_not_keep_the_process()
    {
        using var service = await Running.StartAsync("Shutdown:Timeout=00:00:01");
        using var slow = new RawConnection(service.Address);
        await slow.SendAsync("POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        service.Terminate();
        Assert.Equal(0, await service.EndAsync(TimeSpan.FromSeconds(20)));
    }

    /// <summary>Asks on one connection until an answer closes it. Each request that was sent must be answered.</summary>
    private static async Task AskUntilTurnedAwayAsync(Running service, int number, Func<int> count)
    {
        using var connection = new RawConnection(service.Address);
        for (var last = false; !last;)
        {
            var answers = count();
            var patch = $$"""{"age":{{answers % 150}}}""";
            await connection.SendAsync(answers % 3 == 0
                ? $"PATCH /api/v1/users/{number + 1} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {patch.Length}\r\n\r\n{patch}"
                : $"GET /api/v1/users?pageSize=20&sort=-name HTTP/1.1\r\nHost: x\r\n\r\n");
            var answer = await connection.ReadAnswerAsync();
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
            last = answer.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal);
        }
    }

    /// <summary>The signal takes a moment to arrive.</summary>
    private static async Task<string> EventuallyUnreadyAsync(Running service)
    {
        for (var i = 0; ; i++)
        {
            using var connection = new RawConnection(service.Address);
            await connection.SendAsync("GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            var answer = await connection.ReadAnswerAsync();
            if (i == 20 || !answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) return answer;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task UntilRefusedAsync(Uri address)
    {
        try
        {
            while (true)
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
        catch (SocketException)
        {
            // nobody listens any more
        }
    }
}
