using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CleanUsers.TestSupport;

/// <summary>A process that a test or a benchmark starts: no other class starts one.</summary>
public sealed class ChildProcess : IDisposable
{
    private const int SigTerm = 15;

    private readonly Process _process;
    private bool _isDisposed;

    private ChildProcess(Process process)
    {
        _process = process;
        Error = process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Standard output; a process whose output nothing reads can block.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Standard error, complete once the process has exited.</summary>
    public Task<string> Error { get; }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <param name="program">The name or path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="environment">Variables to set; a value of null removes one.</param>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, string folder, params IEnumerable<(string Name, string? Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment.Remove(name);
            if (value is not null) start.Environment[name] = value;
        }

        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the exit, and returns the exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken ct = default)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Sends a signal at once: a process for it, such as kill(1), would start too late.</summary>
    public void Signal(int signal)
    {
        if (!TrySignal(signal)) throw new InvalidOperationException("The signal could not be sent.");
    }

    /// <returns>False if the process has exited.</returns>
    public bool TrySignal(int signal) => Kill(_process.Id, signal) == 0;

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
