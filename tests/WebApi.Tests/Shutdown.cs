using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Tests;

public sealed class Shutdown
{
    [Fact]
    public async Task Shutdown_under_load_completes_every_request_and_exits_with_0()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync("Shutdown:Delay=00:00:02");
        for (var i = 0; i < 20; i++) (await service.SendAsync("POST", "/api/v1/users", $$"""{"email":"u{{i}}@example.org"}""")).Is(201);
        var responses = 0;
        var clients = Enumerable.Range(0, 8).Select(
            number => Task.Run(() => SendUntilClosedAsync(service, number, () => Interlocked.Increment(ref responses)))).ToList();
        while (Volatile.Read(ref responses) < 500 && !clients.Any(client => client.IsFaulted))
            await Task.Delay(20, TestContext.Current.CancellationToken);

        // a request that begins before and ends after all others
        var body = Encoding.ASCII.GetBytes("""{"email":"slow@example.org"}""");
        using var slow = new RawConnection(service.Address);
        await slow.SendAsync($"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        await slow.SendAsync(body[..10]);

        service.Terminate();
        Assert.StartsWith("HTTP/1.1 503", await EventuallyUnreadyAsync(service), StringComparison.Ordinal);
        using (var late = new RawConnection(service.Address))
        {
            await late.SendAsync("GET /api/v1/users/1 HTTP/1.1\r\nHost: x\r\n\r\n");
            var response = await late.ReadResponseAsync();
            Assert.StartsWith("HTTP/1.1 200", response, StringComparison.Ordinal);
            Assert.Contains("\r\nConnection: close\r\n", response, StringComparison.Ordinal);
        }

        await UntilNotListeningAsync(service.Address);
        await slow.SendAsync(body[10..]);
        Assert.StartsWith("HTTP/1.1 201", await slow.ReadResponseAsync(), StringComparison.Ordinal);

        Assert.Equal(0, await service.EndAsync(TimeSpan.FromSeconds(30)));
        await Task.WhenAll(clients);
        Assert.DoesNotContain(service.Lines, line => JsonElement.Parse(line).GetProperty("level").GetString() is "Error" or "Critical");
    }

    [Fact]
    public async Task Request_longer_than_the_shutdown_timeout_does_not_block_the_exit()
    {
        LongTest.SkipUnlessDemanded();
        using var service = await RunningService.StartAsync("Shutdown:Timeout=00:00:01");
        using var slow = new RawConnection(service.Address);
        await slow.SendAsync(
            "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100", await slow.ReadResponseAsync(), StringComparison.Ordinal); // the service reads the body
        await slow.SendAsync("{");
        service.Terminate();
        Assert.Equal(0, await service.EndAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Host_waits_for_the_delay_and_the_timeout_together()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection([new("Shutdown:Delay", "00:00:07"), new("Shutdown:Timeout", "00:00:20")]);
        builder.AddShutdown();
        using var services = builder.Services.BuildServiceProvider();
        Assert.Equal(TimeSpan.FromSeconds(27), services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    /// <summary>Sends requests on one connection until a response closes it. Each request must get its response.</summary>
    private static async Task SendUntilClosedAsync(RunningService service, int number, Func<int> count)
    {
        using var connection = new RawConnection(service.Address);
        for (var last = false; !last;)
        {
            var responses = count();
            var patch = $$"""{"age":{{responses % 150}}}""";
            await connection.SendAsync(responses % 3 == 0
                ? $"PATCH /api/v1/users/{number + 1} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + $"Content-Length: {patch.Length}\r\n\r\n{patch}"
                : $"GET /api/v1/users?pageSize=20&sort=-name HTTP/1.1\r\nHost: x\r\n\r\n");
            var response = await connection.ReadResponseAsync();
            Assert.StartsWith("HTTP/1.1 200", response, StringComparison.Ordinal);
            last = response.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal);
        }
    }

    /// <summary>The response of the health check once it is not 200: the signal takes a moment to arrive.</summary>
    private static async Task<string> EventuallyUnreadyAsync(RunningService service)
    {
        for (var i = 0; ; i++)
        {
            using var connection = new RawConnection(service.Address);
            await connection.SendAsync("GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            var response = await connection.ReadResponseAsync();
            if (i == 20 || !response.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) return response;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task UntilNotListeningAsync(Uri address)
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
            // the port is closed
        }
    }
}
