using System.Net.Sockets;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>HAProxy before replicas of the service, each on a port of its own that it keeps when it is started again.</summary>
public sealed class LoadBalancer : IDisposable
{
    private const string Program = "/usr/sbin/haproxy";

    private readonly ChildProcess _process;
    private readonly Task<string> _output;

    private LoadBalancer(ChildProcess process, int port)
    {
        _process = process;
        _output = process.Output.ReadToEndAsync(); // nothing reads it, but a full pipe would block the process
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public static bool IsInstalled => File.Exists(Program);

    public Uri Address { get; }

    public static async Task<LoadBalancer> StartAsync(string folder, IReadOnlyList<int> replicas)
    {
        var port = FreePort.Find();
        await File.WriteAllTextAsync(Path.Combine(folder, "no-response"), ""); // an empty response: HAProxy closes the connection
        await File.WriteAllTextAsync(
            Path.Combine(folder, "haproxy.cfg"),
            $"""
            defaults
                mode http
                timeout connect 1s
                timeout client 60s
                timeout server 60s
                option redispatch 1
                retry-on conn-failure
                errorfile 502 {Path.Combine(folder, "no-response")}
                timeout check 2s
                default-server check inter 500ms fall 2 rise 1
            frontend clients
                bind 127.0.0.1:{port}
                default_backend replicas
            backend replicas
                option httpchk GET /health/ready
            {string.Join('\n', replicas.Select(replica => $"    server replica{replica} 127.0.0.1:{replica}"))}

            """);
        var started = new LoadBalancer(ChildProcess.Start(Program, ["-f", "haproxy.cfg"], folder), port);
        while (!await IsListeningAsync(port)) await Task.Delay(20);
        return started;
    }

    public void Dispose() => _process.Dispose();

    private static async Task<bool> IsListeningAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
