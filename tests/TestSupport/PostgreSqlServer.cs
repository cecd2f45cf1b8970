namespace CleanUsers.TestSupport;

/// <summary>
/// A PostgreSQL server of an installation on this machine, with data of its own, on a free port of the loopback interface. It runs as the
/// user of the tests, or, where that is root, which PostgreSQL rejects, as <c>postgres</c>.
/// </summary>
public sealed class PostgreSqlServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-postgresql-").FullName;
    private bool _initialized;

    /// <summary>The folder of the programs; null where PostgreSQL is not installed.</summary>
    public static string? Installation { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Concat(Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order().Reverse().Select(version => $"{version}/bin") : [])
        .Select(folder => new FileInfo(Path.Combine(folder, "initdb")))
        .FirstOrDefault(program => program.Exists) is { } found
        ? (found.ResolveLinkTarget(returnFinalTarget: true) ?? found).FullName[..^"/initdb".Length] // a link to one program is not beside the others
        : null;

    public int Port { get; } = FreePort.Find();

    /// <summary>Lines of its configuration file, which a standby copies from its primary.</summary>
    public IReadOnlyCollection<string> Settings { get; init; } = [];

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres";

    private string Data => Path.Combine(_folder, "data");

    public async Task StartAsync()
    {
        if (!_initialized)
        {
            await InitializeAsync("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-k", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
            await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"), Settings);
        }

        // without fsync: the tests end servers and processes, not machines
        await RunProgramAsync(
            "pg_ctl", "start", "-w", "-D", Data, "-l", Path.Combine(_folder, "log"),
            "-o", $"-c listen_addresses=127.0.0.1 -c port={Port} -c unix_socket_directories='' -c fsync=off -c max_connections=300");
    }

    /// <summary>Starts it as a standby, with a copy of the primary's data.</summary>
    public async Task StartAsStandbyOfAsync(PostgreSqlServer primary)
    {
        await InitializeAsync("pg_basebackup", "-d", primary.Uri, "-D", Data, "-c", "fast", "--no-sync");
        await StartAsStandbyAsync();
    }

    /// <summary>
    /// Starts a killed primary again, as a standby of the one that was promoted: what it alone has, which it never acknowledged, is undone first.
    /// </summary>
    public async Task RejoinAsync(PostgreSqlServer primary)
    {
        // pg_rewind itself starts and stops the server once, to recover from the kill
        await RunProgramAsync("pg_rewind", "-D", Data, "--source-server", primary.Uri, "--no-sync");
        await StartAsStandbyAsync();
    }

    /// <summary>Makes a standby the primary.</summary>
    public Task PromoteAsync() => RunProgramAsync("pg_ctl", "promote", "-w", "-D", Data);

    /// <summary>Stops it immediately, without a shutdown of the connections.</summary>
    public Task StopAsync() => RunProgramAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", Data);

    /// <summary>Sends a signal to all of its processes; after KILL, waits until they are gone.</summary>
    /// <param name="signal">The name without SIG: KILL; STOP, after which it accepts connections and does not respond; CONT.</param>
    public Task SignalAsync(string signal) => RunAsync(
        "/bin/bash",
        "-c",
        """
        all="$(pgrep -P "$2" | tr '\n' ' ') $2" # the children first: they exit when they miss the server
        kill "-$1" $all
        [ "$1" = KILL ] || exit 0
        for each in $all; do
            while grep -q '^State:[^Z]*$' "/proc/$each/status" 2>/dev/null; do sleep 0.05; done # Z: it has ended, and its parent has not noticed
        done
        rm "$3" # with it, PostgreSQL takes such a process for a server that runs
        """,
        "signal", signal, Process!, ProcessFile);

    public void Dispose()
    {
        try
        {
            if (Process is null) return;
            SignalAsync("CONT").GetAwaiter().GetResult(); // one that a test has stopped
            StopAsync().GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string ProcessFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>The id of its first process; null where that was killed or has not been started.</summary>
    private string? Process
    {
        get
        {
            var id = File.Exists(ProcessFile) ? File.ReadLines(ProcessFile).First() : null;
            return id is not null && Directory.Exists($"/proc/{id}") ? id : null;
        }
    }

    /// <summary>In the form of the driver that PostgreSQL's own programs share.</summary>
    private string Uri => $"postgresql://postgres@127.0.0.1:{Port}/postgres";

    private async Task StartAsStandbyAsync()
    {
        await RunAsOwnerAsync("touch", Path.Combine(Data, "standby.signal"));
        await StartAsync();
    }

    private async Task InitializeAsync(string program, params string[] arguments)
    {
        if (IsRoot) await RunAsync("chown", "postgres", _folder);
        await RunProgramAsync(program, arguments);
        _initialized = true;
    }

    private static bool IsRoot => Environment.UserName == "root";

    private Task RunProgramAsync(string program, params string[] arguments) => RunAsOwnerAsync(Path.Combine(Installation!, program), arguments);

    private Task RunAsOwnerAsync(string program, params string[] arguments) =>
        IsRoot ? RunAsync("runuser", ["-u", "postgres", "--", program, .. arguments]) : RunAsync(program, arguments);

    private async Task RunAsync(string program, params string[] arguments)
    {
        // its output goes to a file: a server that inherits a pipe would keep it open
        var output = Path.Combine(_folder, "output");
        using var process = ChildProcess.Start("/bin/sh", ["-c", $"exec \"$0\" \"$@\" >{output} 2>&1", program, .. arguments], folder: "/");
        var code = await process.WaitForExitAsync();
        if (code == 0) return;
        throw new InvalidOperationException(
            FormattableString.Invariant($"{program} {string.Join(' ', arguments)} ended with {code}: {await File.ReadAllTextAsync(output)}"));
    }
}
