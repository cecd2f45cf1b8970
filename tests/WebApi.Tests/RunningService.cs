using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program as a separate process, as it runs in production, with its own embedded database.</summary>
public sealed class RunningService : IDisposable
{
    private readonly string _folder;
    private readonly ChildProcess _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _listening = new();
    private readonly Task _reading;

    private RunningService(string folder, ChildProcess process)
    {
        (_folder, _process) = (folder, process);
        _reading = ReadOutputAsync();
    }

    public Uri Address =>
        _listening.Task.IsCompletedSuccessfully ? new Uri(_listening.Task.GetAwaiter().GetResult().GetLeftPart(UriPartial.Authority))
            : throw new InvalidOperationException();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>The lines that it has written to standard output so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <param name="settings">As on the command line: <c>Http:RequireIfMatch=true</c>.</param>
    public static async Task<RunningService> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
        var process = ChildProcess.Start(
            "dotnet",
            [typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0", .. settings.Select(setting => "--" + setting)],
            folder,
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("DOTNET_TieredPGO", "0"), // most of its CPU time is compilation: 1.6 s instead of 1.9 s
            ("Authentication__AllowAnonymous", "true"),
            ("RateLimiting__Enabled", "false"),
            ("Shutdown__Delay", "00:00:00"));
        var running = new RunningService(folder, process);
        try
        {
            await running._listening.Task.WaitAsync(TimeSpan.FromMinutes(2));
            return running;
        }
        catch (TimeoutException)
        {
            running.Dispose();
            throw;
        }
    }

    public async Task<Response> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Response.ReadAsync(response);
    }

    /// <summary>
    /// Overwrites the files of its database with zeros. They keep their lengths: SQLite has the file of shared memory mapped, and a process that
    /// reads past the end of a mapped file is killed (SIGBUS).
    /// </summary>
    public void BreakDatabase()
    {
        foreach (var path in Directory.GetFiles(Path.Combine(_folder, "data")))
        {
            using var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.Write(new byte[file.Length]);
        }
    }

    /// <summary>SIGTERM, as an orchestrator ends a process.</summary>
    public void Terminate() => _process.Terminate();

    /// <summary>Waits until it has exited and all its output is read; returns the exit code.</summary>
    public async Task<int> EndAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        var code = await _process.WaitForExitAsync(limit.Token);
        await _reading;
        return code;
    }

    public void Dispose()
    {
        _process.Dispose();
        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadOutputAsync()
    {
        const string Listening = "Now listening on: ";
        while (await _process.Output.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
            if (_listening.Task.IsCompleted) continue;
            var message = JsonElement.Parse(line).GetProperty("message").GetString()!;
            if (message.StartsWith(Listening, StringComparison.Ordinal)) _listening.TrySetResult(new Uri(message[Listening.Length..]));
        }
    }
}
