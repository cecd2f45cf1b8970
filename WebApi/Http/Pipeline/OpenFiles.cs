using System.Globalization;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// How many files this process may open (RLIMIT_NOFILE), of which each connection is one. The runtime has raised it to what the system allows.
/// Where it is exhausted, SQLite can't open its database, and the web server tries to accept connections without end.
/// </summary>
internal static class OpenFiles
{
    /// <summary>For libraries, the log and the connections to the database.</summary>
    private const int Others = 400;

    /// <summary>Linux has the limits of a process there (proc(5)); other systems have no such file, and no limit is known.</summary>
    private const string Limits = "/proc/self/limits";

    private const string Key = "Max open files";

    /// <summary>The connections for which there is room, at most so many as wanted.</summary>
    public static int RoomFor(int connections) => File.Exists(Limits) ? RoomFor(connections, File.ReadLines(Limits)) : connections;

    internal static int RoomFor(int connections, IEnumerable<string> limits)
    {
        var soft = limits.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files)
            ? Math.Min(connections, Math.Max(files - Others, files / 2))
            : connections; // unlimited
    }
}
