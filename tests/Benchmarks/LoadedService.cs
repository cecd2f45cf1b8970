using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CleanUsers.TestSupport;

namespace CleanUsers.Benchmarks;

/// <summary>The service as a process of its own, in its production settings, with one user, under load.</summary>
internal sealed class LoadedService : IDisposable
{
    private const int Clients = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly HttpClient _client;
    private readonly ChildProcess _process;
    private readonly Task<string> _output;
    private int _requests;

    private LoadedService(int port, string[] settings)
    {
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _process = ChildProcess.Start(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "CleanUsers.WebApi.dll"), "--urls", $"{_client.BaseAddress}",
                .. settings.Select(setting => "--" + setting),
            ],
            _folder,
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("Authentication__AllowAnonymous", "true"),
            ("RateLimiting__Enabled", "false"),
            ("Shutdown__Delay", "00:00:00"));
        _output = _process.Output.ReadToEndAsync();
    }

    /// <summary>How many requests it has responded to.</summary>
    public int Requests => _requests;

    /// <param name="settings">As on the command line: <c>Http:RequireIfMatch=true</c>.</param>
    public static async Task<LoadedService> StartAsync(params string[] settings)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var service = new LoadedService(port, settings);
        for (var connected = false; !connected;)
        {
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, port);
                connected = true;
            }
            catch (SocketException) when (!service._process.HasExited)
            {
                await Task.Delay(50);
            }
        }

        using var body = new StringContent("""{"email":"ada@example.org","name":"Ada"}""", Encoding.UTF8, "application/json");
        using var response = await service._client.PostAsync(new Uri("/api/v1/users", UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
        service._requests++;
        return service;
    }

    /// <summary>Reads the user, with several clients at once, and returns the CPU time of the service per request, in microseconds.</summary>
    public async Task<double> LoadAsync(TimeSpan time)
    {
        var (before, requests) = (_process.ProcessorTime, _requests);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time)
            {
                using var response = await _client.GetAsync(new Uri("/api/v1/users/1", UriKind.Relative));
                response.EnsureSuccessStatusCode();
                Interlocked.Increment(ref _requests);
            }
        })));
        await Task.Delay(100); // lines are written a little later
        return (_process.ProcessorTime - before).TotalMicroseconds / (_requests - requests);
    }

    /// <summary>Ends the process with SIGTERM, and returns the lines that it wrote to standard output.</summary>
    public async Task<string[]> EndAsync()
    {
        _process.Terminate();
        await _process.WaitForExitAsync();
        return (await _output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        _process.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
