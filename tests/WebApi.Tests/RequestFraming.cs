using System.Text;

namespace CleanUsers.WebApi.Tests;

/// <summary>Request targets, Host and Transfer-Encoding as RFC 9112 has them, sent as bytes.</summary>
public sealed class RequestFraming(Service service) : IClassFixture<Service>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>RFC 9112 section 3.2.2: the target's authority counts, and Host is ignored.</summary>
    [Theory]
    [InlineData("http://x/api/v1/users", "Host: x")]
    [InlineData("http://x/api/v1/users", "Host: X")]
    [InlineData("http://x/api/v1/users", "Host: other")]
    [InlineData("http://x/api/v1/users", "Host:")]
    [InlineData("http://x/api/v1/users", "Host: x:8080")]
    [InlineData("http://x:80/api/v1/users", "Host: x")]
    [InlineData("http://x:8080/api/v1/users", "Host: x")]
    [InlineData("http://X/api/v1/users?pageSize=1", "Host: y")]
    [InlineData("http://[::1]:8080/api/v1/users", "Host: y")]
    public async Task Target_in_absolute_form_is_served_for_any_Host(string target, string host)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync($"GET {target} HTTP/1.1\r\n{host}\r\n\r\n");
        (await connection.ReadAsync("GET", Timeout))!.Is(200);
    }

    /// <summary>RFC 9112 section 3.2: a missing, repeated or invalid Host is 400, in every form of the target.</summary>
    [Theory]
    [InlineData("/api/v1/users", "X: y")]
    [InlineData("/api/v1/users", "Host: x\r\nHost: x")]
    [InlineData("/api/v1/users", "Host: a b")]
    [InlineData("/api/v1/users", "Host: x/y")]
    [InlineData("http://x/api/v1/users", "X: y")]
    [InlineData("http://x/api/v1/users", "Host: x\r\nHost: x")]
    public async Task Missing_repeated_or_invalid_Host_is_400(string target, string host)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync($"GET {target} HTTP/1.1\r\n{host}\r\n\r\n");
        var response = (await connection.ReadAsync("GET", Timeout))!.Is(400);
        Assert.Equal("close", response.Header("Connection"));
    }

    [Theory]
    [InlineData("POST", "chunked")]
    [InlineData("POST", "CHUNKED")]
    [InlineData("PATCH", "  chunked  ")]
    public async Task Body_in_chunks_is_read(string method, string coding)
    {
        var id = await service.CreateAsync($"t{Guid.NewGuid():N}@example.org");
        var (path, status) = method == "POST" ? ("/api/v1/users", 201) : ($"/api/v1/users/{id}", 200);
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync(InChunks(method, path, $"Transfer-Encoding: {coding}"));
        (await connection.ReadAsync(method, Timeout))!.Is(status);
    }

    /// <summary>RFC 9112 section 6.1: HTTP/1.0 has no Transfer-Encoding, so where the body ends is not certain.</summary>
    [Fact]
    public async Task Body_in_chunks_over_HTTP_1_0_is_400_and_closes_the_connection()
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        var request = InChunks("POST", "/api/v1/users", "Transfer-Encoding: chunked\r\nConnection: keep-alive");
        await connection.SendAsync(request.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal));
        var response = (await connection.ReadAsync("POST", Timeout))!.IsProblem(400, "malformed-request");
        Assert.Equal("close", response.Header("Connection"));
    }

    /// <summary>The limit is that of the body, however it is cut into chunks.</summary>
    [Theory]
    [InlineData(65_536, 65_536, 201)]
    [InlineData(65_536, 1, 201)]
    [InlineData(65_537, 65_537, 413)]
    [InlineData(65_537, 1, 413)]
    public async Task Framing_of_chunks_does_not_count_as_body(int length, int chunk, int status)
    {
        var body = $$"""{"email":"t{{Guid.NewGuid():N}}@example.org"}""".PadRight(length);
        var chunks = body.Chunk(chunk).Select(part => $"{part.Length:x}\r\n{new string(part)}\r\n");
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync(
            "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + $"{string.Concat(chunks)}0\r\n\r\n");
        (await connection.ReadAsync("POST", Timeout))!.Is(status);
    }

    /// <summary>
    /// For every method, with or without a body: the web server would decode only the last coding, and read the rest as JSON.
    /// </summary>
    [Theory]
    [InlineData("gzip, chunked")]
    [InlineData("identity, chunked")]
    [InlineData("chunked, chunked")]
    [InlineData("x, chunked")]
    [InlineData(", chunked")]
    [InlineData("chunked,")]
    [InlineData("gzip\r\nTransfer-Encoding: chunked")]
    [InlineData("chunked\r\nTransfer-Encoding: chunked")]
    public async Task Transfer_coding_other_than_chunked_is_400_and_closes_the_connection(string coding)
    {
        foreach (var method in (string[])["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
            await IsMalformedAsync(method, "/api/v1/users/1", coding);
        foreach (var path in (string[])["/api/v1/users", "/nothing"]) await IsMalformedAsync("POST", path, coding);
    }

    private async Task IsMalformedAsync(string method, string path, string coding)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync(InChunks(method, path, $"Transfer-Encoding: {coding}"));
        var response = (await connection.ReadAsync(method, Timeout))!.IsProblem(400, "malformed-request");
        Assert.Contains("Transfer-Encoding", response["detail"].GetString(), StringComparison.Ordinal);
        Assert.Equal("close", response.Header("Connection"));
        Assert.Null(await connection.ReadAsync(method, Timeout));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("chunked, gzip")]
    [InlineData("identity")]
    [InlineData("chunked;a=b")]
    public async Task Last_transfer_coding_other_than_chunked_is_400(string coding)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync(InChunks("POST", "/api/v1/users", $"Transfer-Encoding: {coding}"));
        (await connection.ReadAsync("POST", Timeout))!.Is(400);
    }

    /// <summary>
    /// The web server closes the connection after a body that it does not read to the end: the response must announce it before the client's
    /// next request.
    /// </summary>
    [Theory]
    [InlineData("POST", "/nothing", "application/json", 404)]
    [InlineData("BREW", "/api/v1/users", "application/json", 405)]
    [InlineData("POST", "/api/v1/users", "text/plain", 415)]
    [InlineData("POST", "/api/v1/users", "application/json", 413)]
    [InlineData("DELETE", "/api/v1/users/999999", "application/json", 404)]
    [InlineData("GET", "/api/v1/users", "application/json", 200)]
    public async Task Body_over_the_limit_closes_the_connection_with_Connection_close(string method, string path, string type, int status)
    {
        var head = $"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\n";
        var body = new string(' ', 70_000);
        var inChunks = $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n";
        foreach (var rest in (string[])[$"Content-Length: {body.Length}\r\n\r\n{body}", inChunks])
        {
            using var connection = new RawConnection(service.Client.BaseAddress!);
            await connection.TrySendAsync(Encoding.ASCII.GetBytes(head + rest));
            Assert.Equal("close", (await connection.ReadAsync(method, Timeout))!.Is(status).Header("Connection"));
        }
    }

    /// <summary>RFC 9112 section 9.6: the end of a malformed body is unknown, so the web server closes the connection.</summary>
    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("2\r\n{}x\r\n0\r\n\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("fffffffff\r\n")]
    public async Task Malformed_chunks_close_the_connection_with_Connection_close(string chunks)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync(
            $"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        Assert.Equal("close", (await connection.ReadAsync("POST", Timeout))!.IsProblem(400, "malformed-request").Header("Connection"));
        Assert.Null(await connection.ReadAsync("POST", Timeout));
    }

    [Theory]
    [InlineData("POST", "/nothing", "application/json", 404)]
    [InlineData("BREW", "/api/v1/users", "application/json", 405)]
    [InlineData("POST", "/api/v1/users", "text/plain", 415)]
    [InlineData("POST", "/api/v1/users", "application/json", 400)]
    [InlineData("DELETE", "/api/v1/users/999999", "application/json", 404)]
    public async Task Connection_serves_the_next_request_after_a_body_within_the_limit(string method, string path, string type, int status)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        for (var i = 0; i < 3; i++)
        {
            var body = new string(' ', 60_000);
            await connection.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {type}\r\nContent-Length: 60000\r\n\r\n{body}");
            Assert.Null((await connection.ReadAsync(method, Timeout))!.Is(status).Header("Connection"));
        }
    }

    private static string InChunks(string method, string path, string header)
    {
        var body = method == "POST" ? $$"""{"email":"t{{Guid.NewGuid():N}}@example.org"}""" : """{"age":7}""";
        return $"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{header}\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n";
    }
}
