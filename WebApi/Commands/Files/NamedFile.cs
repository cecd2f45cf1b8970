namespace CleanUsers.WebApi.Commands.Files;

/// <summary>A file that the arguments name.</summary>
internal static class NamedFile
{
    /// <summary>Opens it.</summary>
    /// <exception cref="RejectedFileException">It can't be opened.</exception>
    /// <param name="permissions">Of a file that is created; null for those that the process gives.</param>
    public static FileStream Open(
        string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read, UnixFileMode? permissions = null)
    {
        try
        {
            var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = permissions;
            return new FileStream(path, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RejectedFileException(exception.Message, exception);
        }
    }
}
