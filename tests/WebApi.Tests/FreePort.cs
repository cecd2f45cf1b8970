using System.Net;
using System.Net.Sockets;

namespace CleanUsers.WebApi.Tests;

internal static class FreePort
{
    /// <summary>A port of the loopback interface that was free a moment ago.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
