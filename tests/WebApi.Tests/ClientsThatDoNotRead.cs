using System.IO.Pipelines;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>Bodies that are larger than what a connection buffers.</summary>
public sealed class ClientsThatDoNotRead
{
    private const int Buffered = 65_536;

    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton<LargeBodies>().BuildServiceProvider();

    [Fact]
    public async Task No_more_is_copied_for_a_client_than_its_buffer_and_a_part_hold()
    {
        var (response, client) = Request("GET");
        var writing = response.WriteBytesAsync(new byte[1_000_000]);
        Assert.False(writing.IsCompleted);
        Assert.InRange((await client.ReadAsync(TestContext.Current.CancellationToken)).Buffer.Length, 1, Buffered + LargeBodies.PartLength);
    }

    [Fact]
    public async Task Reads_that_exceed_what_waits_altogether_are_503_and_writes_are_not()
    {
        var (first, client) = Request("GET");
        var whole = new byte[LargeBodies.MaxTogether]; // alone, also the largest one is sent
        var waiting = first.WriteBytesAsync(whole);

        var (second, _) = Request("GET");
        second.Headers.ETag = "\"7\"";
        await second.WriteBytesAsync(new byte[LargeBodies.PartLength + 1]);
        Assert.Equal((503, "1", ""), (second.StatusCode, $"{second.Headers.RetryAfter}", $"{second.Headers.ETag}"));
        var (small, _) = Request("GET");
        await small.WriteBytesAsync(new byte[LargeBodies.PartLength]);
        Assert.Equal(200, small.StatusCode);
        var (search, _) = Request("POST");
        await search.WriteBytesAsync(new byte[LargeBodies.PartLength + 1]);
        Assert.Equal(503, search.StatusCode);
        var (created, _) = Request("POST");
        created.StatusCode = StatusCodes.Status201Created;
        await created.WriteBytesAsync(new byte[LargeBodies.PartLength + 1]);
        Assert.Equal(201, created.StatusCode);

        Assert.False(waiting.IsCompleted);
        await client.CompleteAsync(); // the client is gone
        await waiting;
        var (after, _) = Request("GET");
        await after.WriteBytesAsync(new byte[LargeBodies.PartLength + 1]);
        Assert.Equal(200, after.StatusCode);
    }

    private (HttpResponse Response, PipeReader Client) Request(string method)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: Buffered, resumeWriterThreshold: Buffered / 2));
        var context = new DefaultHttpContext { RequestServices = _services, Request = { Method = method } };
        context.Features.Set<IHttpResponseBodyFeature>(new Connection(pipe.Writer));
        return (context.Response, pipe.Reader);
    }

    private sealed class Connection(PipeWriter writer) : IHttpResponseBodyFeature
    {
        public Stream Stream => writer.AsStream();

        public PipeWriter Writer => writer;

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
