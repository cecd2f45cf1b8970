using System.Net.Sockets;
using System.Text;
using CleanUsers.WebApi.Http.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;

namespace CleanUsers.WebApi.Tests;

public sealed class RequestLimits(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData(8_000, 0, 0, 400)] // the query is invalid, but the line is read
    [InlineData(9_000, 0, 0, 414)]
    [InlineData(0, 90, 10, 200)]
    [InlineData(0, 101, 10, 431)]
    [InlineData(0, 30, 1_000, 200)]
    [InlineData(0, 33, 1_000, 431)]
    public async Task Request_line_and_headers_over_the_limit_are_rejected(int query, int headers, int length, int status)
    {
        var lines = string.Concat(Enumerable.Range(0, headers).Select(i => $"X-{i}: {new string('x', length)}\r\n"));
        var path = query == 0 ? "/health/live" : $"/api/v1/users?{new string('x', query)}";
        var response = await service.SendRawAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n"));
        Assert.StartsWith($"HTTP/1.1 {status}", response, StringComparison.Ordinal);
    }

    /// <summary>An email may be larger than other bodies. In HTTP/2 the rate is one of the connection, and can't be set.</summary>
    [Theory]
    [InlineData("HTTP/1.0", 256 * 1024 / 30d)]
    [InlineData("HTTP/1.1", 256 * 1024 / 30d)]
    [InlineData("HTTP/2", null)]
    public void Largest_email_has_a_minimal_rate_that_brings_it_in_within_the_timeout(string protocol, double? rate)
    {
        var endpoints = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(
            endpoint => endpoint.RoutePattern.RawText == "api/v1/users/{id:id}/emails"
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Contains("POST")).ToList();
        Assert.Equal(2, endpoints.Count); // with an idempotency key, and without
        foreach (var limit in endpoints.Select(endpoint => endpoint.Metadata.GetRequiredMetadata<BodyLimitAttribute>()))
        {
            var feature = Substitute.For<IHttpMinRequestBodyDataRateFeature>();
            feature.MinDataRate = null;
            var context = new DefaultHttpContext { RequestServices = service.Services };
            context.Request.Protocol = protocol;
            context.Features.Set(feature);
            limit.OnResourceExecuting(new(new(context, new(), new()), [], []));
            Assert.Equal(rate, feature.MinDataRate?.BytesPerSecond);
        }
    }

    [Fact]
    public async Task Upgrade_is_ignored()
    {
        const string Request = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 200", await service.SendRawAsync(Encoding.ASCII.GetBytes(Request)), StringComparison.Ordinal);
    }
}

public sealed class ConnectionLimit(ConnectionLimit.Narrow service) : IClassFixture<ConnectionLimit.Narrow>
{
    [Fact]
    public async Task Connection_over_the_limit_is_closed_and_served_after_another_one_ends()
    {
        var connections = Enumerable.Range(0, Narrow.MaxConnections).Select(_ => Connect()).ToList();
        foreach (var connection in connections) Assert.StartsWith("HTTP/1.1 200", await SendAsync(connection), StringComparison.Ordinal);

        using var oneMore = Connect();
        Assert.Equal("", await SendAsync(oneMore));

        connections[0].Dispose();
        Assert.StartsWith("HTTP/1.1 200", await EventuallyServedAsync(), StringComparison.Ordinal);
        connections.ForEach(connection => connection.Dispose());
    }

    private TcpClient Connect() => new(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port);

    /// <summary>The response on a new connection, once the web server has noticed the end of another one.</summary>
    private async Task<string> EventuallyServedAsync()
    {
        for (var i = 0; i < 600; i++, await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            using var next = Connect();
            if (await SendAsync(next) is { Length: > 0 } response) return response;
        }

        return "";
    }

    /// <summary>Sends a request and returns the start of the response; empty when the connection is closed.</summary>
    private static async Task<string> SendAsync(TcpClient connection)
    {
        var response = new byte[1000];
        try
        {
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"));
            return Encoding.ASCII.GetString(response, 0, await connection.GetStream().ReadAsync(response));
        }
        catch (IOException) // closed while the request was being sent
        {
            return "";
        }
    }

    public sealed class Narrow : Service
    {
        public const int MaxConnections = 3;

        protected override IEnumerable<(string Key, string Value)> Settings => [("Http:MaxConnections", "3")];
    }
}

public sealed class Http2Limits(Http2Limits.Second service) : IClassFixture<Http2Limits.Second>
{
    /// <summary>The first frame of a server is its settings (RFC 9113 section 3.4): pairs of a number in 16 bits and a value in 32.</summary>
    [Fact]
    public async Task Limits_are_sent_in_the_HTTP_2_settings()
    {
        using var connection = new TcpClient(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port);
        var stream = connection.GetStream();
        byte[] noSettings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. noSettings], TestContext.Current.CancellationToken);
        var head = new byte[9];
        await stream.ReadExactlyAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal(4, head[3]);
        var frame = new byte[head[2]];
        await stream.ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
        var settings = frame.Chunk(6).ToDictionary(
            pair => (pair[0] << 8) | pair[1], pair => (pair[2] << 24) | (pair[3] << 16) | (pair[4] << 8) | pair[5]);

        Assert.Equal(100, settings[3]); // SETTINGS_MAX_CONCURRENT_STREAMS
        Assert.Equal(96 * 1024, settings[4]); // SETTINGS_INITIAL_WINDOW_SIZE
        Assert.Equal(32 * 1024, settings[6]); // SETTINGS_MAX_HEADER_LIST_SIZE
        Assert.Equal(4096, settings.GetValueOrDefault(1, 4096)); // SETTINGS_HEADER_TABLE_SIZE, RFC 9113's own
        Assert.Equal(16_384, settings.GetValueOrDefault(5, 16_384)); // SETTINGS_MAX_FRAME_SIZE, RFC 9113's own
    }

    [Fact]
    public async Task Responses_over_HTTP_2_are_the_same()
    {
        using var client = new HttpClient
        {
            BaseAddress = service.Client.BaseAddress,
            DefaultRequestVersion = new(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact
        };
        using var created = await client.PostAsync(
            new Uri("/api/v1/users", UriKind.Relative), new StringContent("""{"email":"two@example.org"}""", Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        Assert.Equal((201, "/api/v1/users/1"), ((int)created.StatusCode, created.Headers.Location!.ToString()));
        using var tooLarge = await client.PostAsync(
            new Uri("/api/v1/users", UriKind.Relative), new ByteArrayContent(new byte[70_000]), TestContext.Current.CancellationToken);
        Assert.Equal("application/problem+json", tooLarge.Content.Headers.ContentType!.ToString());
    }

    public sealed class Second : Service
    {
        protected override IEnumerable<(string Key, string Value)> Settings => [("Kestrel:EndpointDefaults:Protocols", "Http2")];
    }
}
