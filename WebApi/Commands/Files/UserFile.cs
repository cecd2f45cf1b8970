using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using CleanUsers.Application.Transfer;
using CleanUsers.WebApi.Http.Input;

namespace CleanUsers.WebApi.Commands.Files;

/// <summary>How users stand in a file.</summary>
internal abstract class UserFile
{
    /// <summary>Of a line, in bytes: no user needs more.</summary>
    public const int MaxLength = 65536;

    public const string Ndjson = "ndjson";
    public const string Csv = "csv";

    protected const int BufferBytes = 65536;

    /// <param name="format">The format that the user of the command chose; null derives it from the file's name.</param>
    /// <param name="path">The file; null is standard input or output.</param>
    public static UserFile Of(string? format, string? path) =>
        (format ?? (string.Equals(Path.GetExtension(path), $".{Csv}", StringComparison.OrdinalIgnoreCase) ? Csv : Ndjson)) == Csv
            ? new CsvFile()
            : new NdjsonFile();

    /// <summary>Writes the users as they come.</summary>
    public abstract Task WriteAsync(IAsyncEnumerable<ExportedUser> users, Stream stream, CancellationToken ct);

    /// <summary>
    /// Reads lines as they are requested. If the rest of the file can't be read, the last line reports it. A UTF-8 byte order mark at the start
    /// does not count.
    /// </summary>
    /// <param name="stream">The file.</param>
    /// <param name="whole">Whether a line is a user's whole state, as of PUT, or may leave to the defaults what POST may.</param>
    public async IAsyncEnumerable<ImportLine> ReadAsync(Stream stream, bool whole, [EnumeratorCancellation] CancellationToken ct)
    {
        var file = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        var start = (await file.ReadAtLeastAsync(TextEncoding.StartLength, ct)).Buffer;
        var encoding = TextEncoding.Of(start.Slice(0, Math.Min(start.Length, TextEncoding.StartLength)).ToArray());
        file.AdvanceTo(start.GetPosition(encoding.MarkLength));
        if (encoding.Rejection is { } rejection)
        {
            yield return new(1, null, [InputError.OfBody("wrong-encoding", rejection)]);
        }
        else
        {
            await foreach (var line in ReadAsync(file, whole, ct)) yield return line;
        }

        await file.CompleteAsync();
    }

    /// <param name="file">After its byte order mark.</param>
    /// <param name="whole">As above.</param>
    protected abstract IAsyncEnumerable<ImportLine> ReadAsync(PipeReader file, bool whole, CancellationToken ct);
}
