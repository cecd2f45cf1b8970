namespace CleanUsers.WebApi.Commands.Files;

/// <summary>A file that the arguments name can't be opened.</summary>
internal sealed class RejectedFileException(string message, Exception? cause = null) : Exception(message, cause);
