namespace CleanUsers.WebApi.Commands.Files;

/// <summary>A file that has its name once it is complete, and not before; or standard output.</summary>
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

        if (Directory.Exists(path)) throw new RejectedFileException($"'{path}' is a directory.");
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        var file = RejectedFileException.Open(partial, FileMode.CreateNew, FileAccess.Write);
        try
        {
            await using (file)
            {
                await write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
