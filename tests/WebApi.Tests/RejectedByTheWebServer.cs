using System.Text;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>
/// Requests that the web server rejects before any code of the service runs, so that no problem can describe them: the description lists
/// their status codes.
/// </summary>
public sealed class RejectedByTheWebServer(Service service) : IClassFixture<Service>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public static TheoryData<int, string> Requests => new()
    {
        { 400, "nonsense\r\n\r\n" },
        { 400, "GET /health/live\r\nHost: x\r\n\r\n" },
        { 400, "GET /health/live HTTP/3\r\nHost: x\r\n\r\n" },
        { 400, "GET health/live HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 400, "G@T /health/live HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 400, "GET /health/%00 HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 400, "GET /health/live HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n" },
        { 400, "GET /health/live HTTP/1.1\r\n\r\n" },
        { 400, "GET /health/live HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n" },
        { 400, "GET /health/live HTTP/1.1\r\nHost: a b\r\n\r\n" },
        { 400, "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" },
        { 400, "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" },
        { 400, "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n" },
        { 400, "POST /api/v1/users HTTP/1.0\r\nHost: x\r\n\r\n" },
        { 405, "GET * HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 405, "POST * HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 405, "CONNECT * HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 405, "GET x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n" },
        { 405, "OPTIONS x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n" },
        { 408, "GET /health/live HTTP/1.1\r\nHost: x\r\n" },
        { 414, $"GET /api/v1/users?{new string('q', 8 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 414, $"GET /{new string('p', 8 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n" },
        { 431, $"GET /health/live HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Repeat("X: y\r\n", 100))}\r\n" },
        { 431, $"GET /health/live HTTP/1.1\r\nHost: x\r\nX: {new string('y', 32 * 1024)}\r\n\r\n" },
        { 505, "GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n" },
        { 505, "GET /health/live HTTP/1.2\r\nHost: x\r\n\r\n" },
        { 505, "GET /health/live HTTP/2.0\r\nHost: x\r\n\r\n" },
        { 505, "GET /health/live http/1.1\r\nHost: x\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Response_has_no_body_and_closes_the_connection(int status, string request)
    {
        if (status == 408) LongTest.SkipUnlessDemanded();
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.TrySendAsync(Encoding.ASCII.GetBytes(request));
        var response = (await connection.ReadAsync("GET", Timeout))!.Is(status);
        Assert.Equal("", response.Body);
        Assert.Equal("close", response.Header("Connection"));
        Assert.Equal(
            status == 405 ? ["Allow", "Connection", "Content-Length", "Date"] : ["Connection", "Content-Length", "Date"],
            response.Headers.Keys.Order());
        Assert.Null(await connection.ReadAsync("GET", Timeout));
    }

    [Fact]
    public void Description_lists_each_status_code() => Assert.Equal(
        Requests.Select(request => request.Data.Item1).Distinct().Order(), DescribedContract.StatusCodesOfTheWebServer.Order());

    [Theory]
    [InlineData("*", "x")]
    [InlineData("http://x", "x")]
    public async Task OPTIONS_of_the_whole_server_is_204(string target, string host)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync($"OPTIONS {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Equal("GET, HEAD, OPTIONS", (await connection.ReadAsync("OPTIONS", Timeout))!.Is(204).Header("Allow"));
    }

    [Theory]
    [InlineData("x:80")]
    [InlineData("/health/live")]
    public async Task CONNECT_is_405(string target)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync($"CONNECT {target} HTTP/1.1\r\nHost: x:80\r\n\r\n");
        (await connection.ReadAsync("CONNECT", Timeout))!.IsProblem(405, "method-not-allowed");
    }
}

/// <summary>The same limits where the connection speaks HTTP/2: RFC 9113 section 8.1.1 has a stream error for a request that is malformed.</summary>
public sealed class RejectedByTheWebServerOverHttp2(Http2Limits.Second service) : IClassFixture<Http2Limits.Second>
{
    [Fact]
    public async Task Target_over_the_limit_resets_the_stream()
    {
        using var client = Client();
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() =>
            client.GetAsync(new Uri($"/api/v1/users?{new string('q', 8 * 1024)}", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(1, Assert.IsType<HttpProtocolException>(failure.InnerException).ErrorCode); // PROTOCOL_ERROR
    }

    [Fact]
    public async Task Too_many_headers_are_431_without_a_body()
    {
        using var client = Client();
        for (var i = 0; i < 101; i++) client.DefaultRequestHeaders.Add($"X-{i}", "y");
        using var response = await client.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((431, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private HttpClient Client() => new()
    {
        BaseAddress = service.Client.BaseAddress,
        DefaultRequestVersion = new(2, 0),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
