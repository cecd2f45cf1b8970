using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program as a separate process, as it runs in production, with its own embedded database.</summary>
public sealed class Running : IDisposable
{
    internal const int SigTerm = 15;

    private readonly string _folder;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<Uri> _listening = new();

    private Running(string folder, Process process)
    {
        (_folder, _process) = (folder, process);
        process.OutputDataReceived += (_, output) => Read(output.Data);
        process.BeginOutputReadLine();
    }

    public Uri Address =>
        _listening.Task.IsCompletedSuccessfully ? new Uri(_listening.Task.GetAwaiter().GetResult().GetLeftPart(UriPartial.Authority))
            : throw new InvalidOperationException();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>The lines that it has written to standard output so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public int Id => _process.Id;

    /// <param name="settings">As on the command line: <c>Http:RequireIfMatch=true</c>.</param>
    public static async Task<Running> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;
        var start = new ProcessStartInfo(
            "dotnet", [typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0", .. settings.Select(setting => "--" + setting)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["DOTNET_TieredPGO"] = "0"; // most of its CPU time is compilation: 1.6 s instead of 1.9 s
        start.Environment["Authentication__AllowAnonymous"] = "true";
        start.Environment["RateLimiting__Enabled"] = "false";
        start.Environment["Shutdown__Delay"] = "00:00:00";
        var running = new Running(folder, Process.Start(start)!);
        try
        {
            await running._listening.Task.WaitAsync(TimeSpan.FromSeconds(30));
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

    /// <summary>Overwrites the files of its database.</summary>
    public void BreakDatabase()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "data"))) File.WriteAllText(file, "no database");
    }

    /// <summary>SIGTERM, as an orchestrator ends a process.</summary>
    public void Terminate() => Assert.Equal(0, Kill(_process.Id, SigTerm));

    /// <summary>Waits until it has exited and all its output is read; returns the exit code.</summary>
    public async Task<int> EndAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Read(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (_listening.Task.IsCompleted) return;
        const string Listening = "Now listening on: ";
        var message = JsonElement.Parse(line).GetProperty("message").GetString()!;
        if (message.StartsWith(Listening, StringComparison.Ordinal)) _listening.TrySetResult(new Uri(message[Listening.Length..]));
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static extern int Kill(int pid, int signal);
}
