using System.Net;
using System.Net.Sockets;

namespace CleanUsers.TestSupport;

public static class FreePort
{
    /// <summary>
    /// A port of the loopback interface that was free a moment ago. The system does not choose it for outgoing connections (Linux: from 32768 on), of
    /// which one could have it before the test listens on it.
    /// </summary>
    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // in use
            }
        }
    }
}
