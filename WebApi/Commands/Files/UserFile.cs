using CleanUsers.Application.Transfer;

namespace CleanUsers.WebApi.Commands.Files;

/// <summary>How users stand in a file.</summary>
internal abstract class UserFile
{
    /// <summary>In octets of a line, or characters of a cell: what is longer is no user.</summary>
    public const int MaxLength = 65536;

    public const string Ndjson = "ndjson";
    public const string Csv = "csv";

    /// <param name="format">What somebody asked for; null goes by the file's name.</param>
    /// <param name="path">The file; null is none.</param>
    public static UserFile Of(string? format, string? path) =>
        (format ?? (string.Equals(Path.GetExtension(path), $".{Csv}", StringComparison.OrdinalIgnoreCase) ? Csv : Ndjson)) == Csv ? new CsvFile() : new NdjsonFile();

    /// <summary>Writes the users as they come.</summary>
    public abstract Task WriteAsync(IAsyncEnumerable<ExportedUser> users, Stream stream, CancellationToken ct);

    /// <summary>Reads as much as is asked for. Where the rest of the file can't be read, the last line says so.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="whole">Whether a line is a user's whole state, as of PUT, or may leave to the defaults what POST may.</param>
    /// <param name="ct">Ends it.</param>
    public abstract IAsyncEnumerable<ImportLine> ReadAsync(Stream stream, bool whole, CancellationToken ct);
}
