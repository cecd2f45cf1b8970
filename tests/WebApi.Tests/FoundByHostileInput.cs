using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanUsers.WebApi.Tests;

/// <summary>What <see cref="HostileInput"/> found once, so that it need not find it again.</summary>
public sealed class FoundByHostileInput(Service service) : IClassFixture<Service>
{
    [Theory]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("multipart/form-data")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_form_that_is_none_is_a_type_that_is_not_taken(string type)
    {
        var id = await service.CreateAsync($"form{type.Length}@example.org");
        (await service.SendAsync("PATCH", $"/api/v1/users/{id}", """{"age":37}""", ("Content-Type", type))).IsProblem(415, "unsupported-media-type");
    }

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("7fffffffffffffff")]
    [InlineData("ffffffffffffffffffff")]
    public async Task A_chunk_of_more_octets_than_can_be_counted_is_malformed(string size)
    {
        using var connection = new RawConnection(service.Client.BaseAddress!);
        await connection.SendAsync($"POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{{}}");
        (await connection.ReadAsync("POST", TimeSpan.FromSeconds(20)))!.IsProblem(400, "malformed-request");
    }

    /// <summary>Seen on the wire once in ten thousand times: so the moment is made here.</summary>
    [Fact]
    public async Task A_client_that_goes_before_it_hears_of_its_fault_is_no_fault_of_the_service()
    {
        var context = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) };
        Assert.True(await new ExceptionHandler(NullLogger<ExceptionHandler>.Instance).TryHandleAsync(context, new BadHttpRequestException("cut off"), CancellationToken.None));
    }
}
