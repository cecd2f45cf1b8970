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

/// <summary>Where a service can send what it has to say of itself: takes everything, and keeps it.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, string Text)> _received = new();
    private WebApplication _server = null!;

    public Uri Address { get; private set; } = null!;

    public IEnumerable<(string Path, string Text)> Received => _received;

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        collector._server = builder.Build();
        collector._server.Run(collector.TakeAsync);
        await collector._server.StartAsync();
        collector.Address = new Uri(collector._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return collector;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var sent = context.Request.Body;
        if (context.Request.Headers.ContentEncoding == "gzip") sent = new GZipStream(sent, CompressionMode.Decompress);
        await sent.CopyToAsync(body);
        // any octets: texts are in them as they are
        _received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
    }
}
