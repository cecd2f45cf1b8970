using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace CleanUsers.TestSupport;

/// <summary>A mail server as a process of its own, on a port of the loopback interface: see mail_server.py.</summary>
public sealed class MailServer : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> IsInstalled = new(() => File.Exists(Python) && Run("-c", "import aiosmtpd"));

    private ChildProcess? _process;

    public int Port { get; private set; }

    /// <summary>The messages that it accepted, in order.</summary>
    public ConcurrentQueue<(string To, string Message)> Received { get; } = [];

    /// <summary>Starts it, at the port that it had before if it had one; skips the test where aiosmtpd is not installed.</summary>
    /// <param name="utf8">Whether it takes addresses that are not ASCII (RFC 6531).</param>
    public async Task StartAsync(bool utf8 = true)
    {
        Assert.SkipUnless(IsInstalled.Value, "aiosmtpd is not installed (Debian's python3-aiosmtpd)");
        var script = Path.Combine(AppContext.BaseDirectory, "mail_server.py");
        _process = ChildProcess.Start(
            Python, [script, Port.ToString(CultureInfo.InvariantCulture), utf8 ? "utf8" : "ascii"], AppContext.BaseDirectory);
        Port = int.Parse((await _process.Output.ReadLineAsync())!, CultureInfo.InvariantCulture);
        _ = ListenAsync(_process.Output);
    }

    /// <summary>The accepted messages, once there are this many: the server prints a message after its response.</summary>
    public async Task<IReadOnlyList<(string To, string Message)>> ReceivedAsync(int messages)
    {
        for (var i = 0; i < 3000 && Received.Count < messages; i++) await Task.Delay(10);
        return [.. Received];
    }

    public void Stop()
    {
        _process?.Dispose();
        _process = null;
    }

    public void Dispose() => Stop();

    private async Task ListenAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            var message = JsonElement.Parse(line);
            Received.Enqueue((message.GetProperty("to")[0].GetString()!, message.GetProperty("data").GetString()!));
        }
    }

    private static bool Run(params string[] arguments)
    {
        using var process = ChildProcess.Start(Python, arguments, AppContext.BaseDirectory);
        return process.WaitForExitAsync().GetAwaiter().GetResult() == 0;
    }
}
