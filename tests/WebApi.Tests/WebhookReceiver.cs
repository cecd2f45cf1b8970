using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CleanUsers.WebApi.Tests;

/// <summary>A receiver of webhooks on a port of its own.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedEvent> _events = new();

    // the webhook of an earlier test may still be active, and the port of its receiver is free for this one
    private readonly string _path = $"/events/{Guid.NewGuid():N}";

    private WebhookReceiver(WebApplication app) => _app = app;

    public string Url => $"{_app.Urls.Single()}{_path}?key=confidential";

    public IReadOnlyList<ReceivedEvent> Events => [.. _events];

    /// <summary>What it does with a request, once it has read it.</summary>
    public Func<HttpContext, Task> Respond { get; set; } = _ => Task.CompletedTask;

    public static async Task<WebhookReceiver> StartAsync(Func<HttpContext, Task>? respond = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = new WebhookReceiver(builder.Build());
        if (respond is not null) receiver.Respond = respond;
        receiver._app.Urls.Add("http://127.0.0.1:0");
        receiver._app.Run(async context =>
        {
            if (context.Request.Path != receiver._path)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            receiver._events.Enqueue(new(
                TimeProvider.System.GetUtcNow(),
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}",
                context.Request.ContentType!,
                context.Request.Headers["webhook-id"]!,
                context.Request.Headers["webhook-timestamp"]!,
                context.Request.Headers["webhook-signature"]!,
                body.ToArray()));
            await receiver.Respond(context);
        });
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public static Func<HttpContext, Task> Status(int status, params (string Name, string Value)[] headers) => context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        return Task.CompletedTask;
    };

    /// <summary>Waits until there are so many events, and returns them.</summary>
    public async Task<IReadOnlyList<ReceivedEvent>> WaitAsync(int count)
    {
        for (var i = 0; i < 400 && _events.Count < count; i++) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(_events.Count >= count, $"{_events.Count} events of {count}");
        return Events;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

internal sealed record ReceivedEvent(
    DateTimeOffset At, string Request, string ContentType, string Id, string Timestamp, string Signature, byte[] Body)
{
    private static readonly JsonEventFormatter Formatter = new();

    /// <summary>The body, as the SDK of CloudEvents reads it.</summary>
    public CloudEvent Event { get; } = Formatter.DecodeStructuredModeMessage(Body, new(ContentType), extensionAttributes: null);

    public string Kind => Event.Type!.Split('.')[^1];

    /// <summary>The number of signatures, each of which must be by one of the secrets.</summary>
    public int CountSignatures(params string[] secrets)
    {
        var signatures = Signature.Split(' ');
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Body];
        var expected = secrets.Select(secret =>
            "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed)));
        Assert.Equal(signatures, signatures.Intersect(expected));
        return signatures.Length;
    }
}
