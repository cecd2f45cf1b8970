using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

/// <summary>A server for the service's traces, metrics and error reports, which stores all that it gets.</summary>
internal sealed class TelemetryCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Text)> _received = new();
    private WebApplication _server = null!;

    public Uri Address { get; private set; } = null!;

    public IEnumerable<(string Path, string Text)> Received => _received;

    public static async Task<TelemetryCollector> StartAsync()
    {
        var collector = new TelemetryCollector();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        collector._server = builder.Build();
        collector._server.Run(collector.TakeAsync);
        await collector._server.StartAsync();
        collector.Address = new Uri(
            collector._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return collector;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var sent = context.Request.Body;
        if (context.Request.Headers.ContentEncoding == "gzip") sent = new GZipStream(sent, CompressionMode.Decompress);
        await sent.CopyToAsync(body);
        // the bytes may be anything: as Latin-1, texts in them stay as they are
        _received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
    }
}
