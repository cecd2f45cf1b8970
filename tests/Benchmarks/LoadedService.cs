using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using CleanUsers.TestSupport;

namespace CleanUsers.Benchmarks;

/// <summary>The service, or another web server, as a process of its own, in its production settings, under load.</summary>
internal sealed class LoadedService : IDisposable
{
    private const int Clients = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
    private readonly HttpClient _client;
    private readonly string _program;
    private readonly string[] _settings;
    private ChildProcess? _process;
    private Task<string>? _output;
    private int _requests;

    /// <param name="program">The file name of the program's assembly, and its command if it needs one.</param>
    /// <param name="settings">Keys and values: <c>Http:RequireIfMatch=true</c>.</param>
    private LoadedService(string program, string[] settings)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}") };
        (_program, _settings) = (program, settings);
    }

    /// <summary>How many requests it has responded to.</summary>
    public int Requests => _requests;

    /// <summary>The service with one user.</summary>
    public static async Task<LoadedService> StartAsync(params string[] settings)
    {
        var service = new LoadedService("CleanUsers.WebApi.dll", settings);
        await service.ListenAsync();
        using var body = new StringContent("""{"email":"ada@example.org","name":"Ada"}""", Encoding.UTF8, "application/json");
        using var response = await service._client.PostAsync(new Uri("/api/v1/users", UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
        service._requests++;
        return service;
    }

    /// <summary>The service with many users.</summary>
    public static async Task<LoadedService> StartWithAsync(int users, params string[] settings)
    {
        var service = new LoadedService("CleanUsers.WebApi.dll", settings);
        var file = Path.Combine(service._folder, "people.ndjson");
        await using (var people = new StreamWriter(file)) await People.WriteAsync(users, people);
        using (var import = service.Start(["users", "import", file]))
            if (await import.WaitForExitAsync() != 0) throw new InvalidOperationException(await import.Error);
        File.Delete(file);
        await service.ListenAsync();
        return service;
    }

    /// <summary>Another web server, a command of this program.</summary>
    public static async Task<LoadedService> StartOtherAsync(string command)
    {
        var service = new LoadedService($"CleanUsers.Benchmarks.dll {command}", []);
        await service.ListenAsync();
        return service;
    }

    /// <summary>Reads user 1, with several clients at once, and returns the CPU time of the service per request, in microseconds.</summary>
    public Task<double> LoadAsync(TimeSpan time) => LoadAsync(time, new Load("get", HttpMethod.Get, _ => "/api/v1/users/1"));

    /// <summary>Sends requests, with several clients at once, and returns the CPU time of the service per request, in microseconds.</summary>
    public async Task<double> LoadAsync(TimeSpan time, Load load)
    {
        var (before, requests) = (_process!.ProcessorTime, _requests);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time)
            {
                using var request = load.ToRequest(Interlocked.Increment(ref _requests));
                using var response = await _client.SendAsync(request);
                if (response.StatusCode != load.Expected) throw new InvalidOperationException($"{load.Name}: {response.StatusCode}");
            }
        })));
        await Task.Delay(100); // lines are written a little later
        return (_process.ProcessorTime - before).TotalMicroseconds / (_requests - requests);
    }

    /// <summary>Ends the process with SIGTERM, and returns the lines that it wrote to standard output.</summary>
    public async Task<string[]> EndAsync()
    {
        _process!.Terminate();
        await _process.WaitForExitAsync();
        return (await _output!).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        _process?.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "dotnet",
        [
            .. _program.Split(' ').Select((part, i) => i == 0 ? Path.Combine(AppContext.BaseDirectory, part) : part), .. arguments,
        ],
        _folder,
        [
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("Authentication__AllowAnonymous", "true"),
            ("RateLimiting__Enabled", "false"),
            ("Shutdown__Delay", "00:00:00"),
            .. _settings.Select(Variable),
        ]);

    private static (string Name, string? Value) Variable(string setting)
    {
        var parts = setting.Split('=', 2);
        return (parts[0].Replace(":", "__", StringComparison.Ordinal), parts[1]);
    }

    private async Task ListenAsync()
    {
        _process = Start("--urls", $"{_client.BaseAddress}");
        _output = _process.Output.ReadToEndAsync();
        for (var connected = false; !connected;)
        {
            try
            {
                using var connection = new TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port);
                connected = true;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }
}

/// <summary>Requests of one kind.</summary>
/// <param name="Path">The path and query of one of them, by its number.</param>
/// <param name="Body">Its body; null if the kind has none.</param>
/// <param name="Type">The media type of the bodies.</param>
/// <param name="IfNoneMatch">An entity tag that the client has.</param>
internal sealed record Load(
    string Name, HttpMethod Method, Func<int, string> Path, HttpStatusCode Expected = HttpStatusCode.OK, Func<int, string>? Body = null,
    string Type = "application/json", string? IfNoneMatch = null)
{
    public HttpRequestMessage ToRequest(int number)
    {
        var request = new HttpRequestMessage(Method, new Uri(Path(number), UriKind.Relative));
        if (Body is not null) request.Content = new StringContent(Body(number), Encoding.UTF8, new MediaTypeHeaderValue(Type));
        if (IfNoneMatch is not null) request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(IfNoneMatch));
        return request;
    }
}
