using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanUsers.WebApi.Tests;

/// <summary>Errors that <see cref="HostileInput"/> once found.</summary>
public sealed class HostileInputRegressions(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("multipart/form-data")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Malformed_form_data_is_415(string type)
    {
        var id = await service.CreateAsync($"form{type.Length}@example.org");
        (await service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":37}""", ("Content-Type", type))).IsProblem(415, "unsupported-media-type");
    }

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("7fffffffffffffff")]
    [InlineData("ffffffffffffffffffff")]
    public async Task Chunk_size_over_64_bits_is_400(string size)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync(
            $"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}");
        (await connection.ReadAsync("POST", TimeSpan.FromSeconds(20)))!.IsProblem(400, "malformed-request");
    }

    /// <summary>On the wire it happened once in ten thousand requests, so the situation is made here.</summary>
    [Fact]
    public async Task Client_that_disconnects_before_its_400_causes_no_server_error()
    {
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) };
        Assert.True(
            await new ExceptionHandler(NullLogger<ExceptionHandler>.Instance).TryHandleAsync(
                context, new BadHttpRequestException("cut off"), CancellationToken.None));
    }
}
