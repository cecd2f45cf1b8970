using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program as a process of its own, in a folder of its own.</summary>
public sealed class OwnProcess : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    private OwnProcess(Process process, Task<string> error) => (_process, _error) = (process, error);

    /// <summary>The address that it listens on.</summary>
    public Uri Address { get; private set; } = new("http://not-listening");

    /// <summary>Its standard output until it listened.</summary>
    public string Log { get; private set; } = "";

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string folder, IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        using var started = Start(folder, environment, arguments);
        using var timeout = new CancellationTokenSource(Timeout);
        var output = await started._process.StandardOutput.ReadToEndAsync(timeout.Token);
        var (code, error) = await started.EndAsync();
        return (code, output, error);
    }

    /// <summary>Starts it as a service, and waits until it listens.</summary>
    public static async Task<OwnProcess> ServeAsync(
        string folder, IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var started = Start(folder, environment, arguments);
        using var timeout = new CancellationTokenSource(Timeout);
        while (await started._process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            var address = Regex.Match(line, "(?<=listening on: )http://.*?:(?<port>[0-9]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
            started.Log += $"{line}\n";
            if (!address.Success) continue;
            _ = started._process.StandardOutput.ReadToEndAsync();
            started.Address = new Uri($"http://127.0.0.1:{address.Groups["port"].Value}");
            return started;
        }

        throw new Xunit.Sdk.XunitException($"The service did not start: {await started._error}");
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        Assert.Equal(0, Running.Kill(_process.Id, Running.SigTerm));
    }

    public async Task<(int Code, string Error)> EndAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        await _process.WaitForExitAsync(timeout.Token);
        return (_process.ExitCode, await _error);
    }

    /// <summary>SIGKILL.</summary>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static OwnProcess Start(string folder, IEnumerable<(string Name, string Value)> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var inherited in (string[])["PORT", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS"]) start.Environment.Remove(inherited);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["DOTNET_TieredPGO"] = "0"; // most of its CPU time is compilation: 1.6 s instead of 1.9 s
        start.Environment["Logging__LogLevel__Microsoft.Hosting"] = "Information";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        return new OwnProcess(process, process.StandardError.ReadToEndAsync());
    }
}
