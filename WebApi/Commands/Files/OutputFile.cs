namespace CleanUsers.WebApi.Commands.Files;

/// <summary>
/// A file that has its name once it is complete, and not before; or standard output. A symbolic link stays one, the file keeps its permissions, and a
/// pipe or a device is written as it is.
/// </summary>
internal static class OutputFile
{
    /// <param name="path">Null is standard output.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="RejectedFileException">The file can't be created there.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static async Task WriteAsync(string? path, Func<Stream, Task> write)
    {
        if (path is null)
        {
            await using var output = Console.OpenStandardOutput();
            await write(output);
            return;
        }

        if (!IsDevice(path) && new FileInfo(path).LinkTarget is not null) path = File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(path)) throw new RejectedFileException($"'{path}' is a directory.");
        if (File.Exists(path))
        {
            await using var present = NamedFile.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            if (!present.CanSeek || IsDevice(path))
            {
                await write(present);
                return;
            }
        }

        // from its beginning: nobody else may read what they could not read before
        UnixFileMode? permissions = !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) : null;
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        var file = NamedFile.Open(partial, FileMode.CreateNew, FileAccess.Write, permissions: permissions);
        try
        {
            await using (file)
            {
                await write(file);
                file.Flush(flushToDisk: true);
            }

            // again, since those of a new file are limited by the process (umask)
            if (!OperatingSystem.IsWindows() && permissions is { } kept) File.SetUnixFileMode(partial, kept);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    // some can be sought in, unlike a pipe
    private static bool IsDevice(string path) => path.StartsWith("/dev/", StringComparison.Ordinal);
}
