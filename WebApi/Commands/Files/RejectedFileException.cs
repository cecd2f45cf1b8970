namespace CleanUsers.WebApi.Commands.Files;

/// <summary>A file that the arguments name can't be opened.</summary>
internal sealed class RejectedFileException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Opens such a file.</summary>
    /// <exception cref="RejectedFileException">It can't be opened.</exception>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        try
        {
            return new FileStream(path, mode, access, share);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RejectedFileException(exception.Message, exception);
        }
    }
}
