using System.Text.RegularExpressions;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program as a process of its own, in a folder of its own.</summary>
public sealed class OwnProcess : IDisposable
{
    /// <summary>The program of this build.</summary>
    public static readonly string Program = typeof(Program).Assembly.Location;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;

    private OwnProcess(ChildProcess process) => _process = process;

    /// <summary>The address that it listens on.</summary>
    public Uri Address { get; private set; } = new("http://not-listening");

    /// <summary>Its standard output until it listened.</summary>
    public string Log { get; private set; } = "";

    /// <summary>Its standard output from then to its end.</summary>
    public Task<string> LaterLog { get; private set; } = Task.FromResult("");

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(
        string folder, IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        using var started = Start(Program, folder, environment, arguments);
        using var timeout = new CancellationTokenSource(Timeout);
        var output = await started._process.Output.ReadToEndAsync(timeout.Token);
        var (code, error) = await started.EndAsync();
        return (code, output, error);
    }

    /// <summary>Starts it as a service, and waits until it listens.</summary>
    public static Task<OwnProcess> ServeAsync(string folder, IEnumerable<(string Name, string Value)> environment, params string[] arguments) =>
        ServeAsync(Program, folder, environment, arguments);

    /// <summary>Starts another build of it as a service, and waits until it listens.</summary>
    public static async Task<OwnProcess> ServeAsync(
        string program, string folder, IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var started = Start(program, folder, environment, arguments);
        using var timeout = new CancellationTokenSource(Timeout);
        while (await started._process.Output.ReadLineAsync(timeout.Token) is { } line)
        {
            var address = Regex.Match(line, "(?<=listening on: )http://.*?:(?<port>[0-9]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(30));
            started.Log += $"{line}\n";
            if (!address.Success) continue;
            started.LaterLog = started._process.Output.ReadToEndAsync();
            started.Address = new Uri($"http://127.0.0.1:{address.Groups["port"].Value}");
            return started;
        }

        throw new Xunit.Sdk.XunitException($"The service did not start: {await started._process.Error}");
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => _process.Terminate();

    public void Signal(int signal) => _process.Signal(signal);

    public async Task<(int Code, string Error)> EndAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout);
        return (await _process.WaitForExitAsync(timeout.Token), await _process.Error);
    }

    /// <summary>SIGKILL.</summary>
    public void Dispose() => _process.Dispose();

    private static OwnProcess Start(string program, string folder, IEnumerable<(string Name, string Value)> environment, string[] arguments) =>
        new(ChildProcess.Start(
            "dotnet",
            [program, .. arguments],
            folder,
            [
                ("PORT", null),
                ("ASPNETCORE_URLS", null),
                ("ASPNETCORE_HTTP_PORTS", null),
                ("ASPNETCORE_ENVIRONMENT", "Production"),
                ("DOTNET_TieredPGO", "0"), // most of its CPU time is compilation: 1.6 s instead of 1.9 s
                ("Logging__LogLevel__Microsoft.Hosting", "Information"),
                .. environment,
            ]));
}
