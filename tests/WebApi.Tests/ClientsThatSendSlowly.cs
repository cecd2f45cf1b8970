using System.IO.Pipelines;
using CleanUsers.WebApi.Http.Input;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>Bodies of which a part has come, and the rest has not.</summary>
public sealed class ClientsThatSendSlowly
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton<BodyMemory>().BuildServiceProvider();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Large_bodies_that_exceed_what_is_received_altogether_are_503_and_small_ones_are_not()
    {
        var (first, whole) = Request();
        var alone = (int)BodyMemory.MaxTogether + 1; // alone, also the largest one is received
        await whole.WriteAsync(new byte[alone], Ct);
        var waiting = JsonBody.ReadAsync(first, Ct);

        Assert.Equal(503, (await Assert.ThrowsAsync<BadHttpRequestException>(() => SendAsync(BodyMemory.Small + 1))).StatusCode);
        await SendAsync(BodyMemory.Small);
        await whole.WriteAsync(new byte[1], Ct); // within what it has already
        Assert.False(waiting.IsCompleted);

        await whole.CompleteAsync();
        await waiting;
        Assert.Equal(503, (await Assert.ThrowsAsync<BadHttpRequestException>(() => SendAsync(BodyMemory.Small + 1))).StatusCode);
        await EndAsync(first);
        await SendAsync(BodyMemory.Small + 1);
    }

    private async Task SendAsync(int length)
    {
        var (request, body) = Request();
        await body.WriteAsync(new byte[length], Ct);
        await body.CompleteAsync();
        try
        {
            await JsonBody.ReadAsync(request, Ct);
        }
        finally
        {
            await EndAsync(request);
        }
    }

    private static Task EndAsync(HttpRequest request) =>
        ((ResponseThatEnds)request.HttpContext.Features.GetRequiredFeature<IHttpResponseFeature>()).EndAsync();

    private (HttpRequest Request, PipeWriter Body) Request()
    {
        var body = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var context = new DefaultHttpContext { RequestServices = _services };
        context.Features.Set<IHttpResponseFeature>(new ResponseThatEnds());
        context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(body.Reader));
        (context.Request.Method, context.Request.ContentType) = ("POST", JsonBody.Json);
        return (context.Request, body.Writer);
    }

    private sealed class BodyPipe(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    private sealed class ResponseThatEnds : HttpResponseFeature
    {
        private readonly List<Func<Task>> _atEnd = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => _atEnd.Add(() => callback(state));

        public async Task EndAsync()
        {
            foreach (var action in _atEnd) await action();
        }
    }
}
