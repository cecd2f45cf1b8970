using System.Net;
using System.Net.Sockets;

namespace CleanUsers.TestSupport;

/// <summary>
/// A PostgreSQL server of an installation on this machine, with data of its own, on a free port of the loopback interface. It runs as the
/// user of the tests, or, where that is root, which PostgreSQL rejects, as <c>postgres</c>.
/// </summary>
public sealed class PostgreSqlServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-postgresql-").FullName;
    private readonly int _port = FreePort();
    private bool _initialized;

    /// <summary>The folder of the programs; null where PostgreSQL is not installed.</summary>
    public static string? Installation { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Concat(Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order().Reverse().Select(version => $"{version}/bin") : [])
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres";

    private string Data => Path.Combine(_folder, "data");

    public async Task StartAsync()
    {
        if (!_initialized)
        {
            if (IsRoot) await RunAsync("chown", "postgres", _folder);
            await RunProgramAsync("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
            _initialized = true;
        }

        // without fsync: the tests end servers and processes, not machines
        await RunProgramAsync(
            "pg_ctl", "start", "-w", "-D", Data, "-l", Path.Combine(_folder, "log"),
            "-o", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories='' -c fsync=off -c max_connections=300");
    }

    /// <summary>Stops it immediately, without a shutdown of the connections.</summary>
    public Task StopAsync() => RunProgramAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", Data);

    public void Dispose()
    {
        try
        {
            if (File.Exists(Path.Combine(Data, "postmaster.pid"))) StopAsync().GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static Task RunProgramAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Installation!, program);
        return IsRoot ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // its output is discarded: a server that inherits a pipe would keep it open
        using var process = ChildProcess.Start("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments], folder: "/");
        var code = await process.WaitForExitAsync();
        if (code != 0)
            throw new InvalidOperationException(FormattableString.Invariant($"{program} {string.Join(' ', arguments)} ended with {code}."));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
