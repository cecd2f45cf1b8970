using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// Limits on what one client, or all of them, can make the web server keep or wait for. The defaults of the web server are written out too: the
/// limits are documented (docs/configuration.md), and the memory that many clients can take is their product.
/// </summary>
internal static class WebServerLimits
{
    private const int KiB = 1024;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void Configure(KestrelServerOptions kestrel, HttpOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowHostHeaderOverride = true; // RFC 9112 section 3.2.2: Host is ignored where the target is in absolute form

        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = OpenFiles.RoomFor(options.MaxConnections);
        limits.MaxConcurrentUpgradedConnections = 0; // the service has no web sockets
        limits.MaxRequestLineSize = 8 * KiB;
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestHeadersTotalSize = 32 * KiB;
        limits.MaxRequestBodySize = options.MaxBodyBytes;
        limits.MaxRequestBufferSize = 32 * KiB; // at least what all headers may have
        limits.MaxResponseBufferSize = 64 * KiB;

        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130); // longer than load balancers keep theirs, so that they close the connection
        limits.MinRequestBodyDataRate = BodyRate(options.MaxBodyBytes, options);
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 4 * KiB, Grace); // the default of 240 lets a client hold 96 KiB for 7 minutes

        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.HeaderTableSize = 4 * KiB;
        limits.Http2.MaxFrameSize = 16 * KiB;
        limits.Http2.MaxRequestHeaderFieldSize = 16 * KiB;
        limits.Http2.InitialConnectionWindowSize = 128 * KiB;
        limits.Http2.InitialStreamWindowSize = 96 * KiB;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }

    /// <summary>What is read ahead while a request is being processed: the transport's default is 1 MiB for each connection.</summary>
    public static void Configure(SocketTransportOptions sockets) => (sockets.MaxReadBufferSize, sockets.MaxWriteBufferSize) = (32 * KiB, 64 * KiB);

    /// <summary>What brings a body of the largest size in before the request's time is over.</summary>
    public static MinDataRate BodyRate(int maxBodyBytes, HttpOptions options) =>
        new(bytesPerSecond: Math.Max(240, maxBodyBytes / options.RequestTimeout.TotalSeconds), Grace);
}
