using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CleanUsers.Application.Transfer;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Users;

namespace CleanUsers.WebApi.Commands.Files;

/// <summary>A JSON object a line, with the members that HTTP has; lines of nothing but JSON's white space are blank.</summary>
internal sealed class NdjsonFile : UserFile
{
    private static readonly string[] IgnoredMembers = ["id"]; // the directory gives it

    public override async Task WriteAsync(IAsyncEnumerable<ExportedUser> users, Stream stream, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>(BufferBytes);
        await using var json = new Utf8JsonWriter(buffer, WireJson.Writing);
        await foreach (var user in users.WithCancellation(ct))
        {
            JsonSerializer.Serialize(json, user, WireJson.Type<ExportedUser>());
            json.Reset();
            buffer.Write("\n"u8);
            if (buffer.WrittenCount < BufferBytes) continue;
            await stream.WriteAsync(buffer.WrittenMemory, ct);
            buffer.ResetWrittenCount();
        }

        await stream.WriteAsync(buffer.WrittenMemory, ct);
    }

    protected override async IAsyncEnumerable<ImportLine> ReadAsync(PipeReader file, bool whole, [EnumeratorCancellation] CancellationToken ct)
    {
        var (number, skipping) = (1L, false);
        while (true)
        {
            var read = await file.ReadAsync(ct);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                var line = rest.Slice(0, end);
                rest = rest.Slice(rest.GetPosition(1, end));
                yield return skipping || line.Length > MaxLength ? TooLong(number) : Parse(line, number, whole);
                (number, skipping) = (number + 1, false);
            }

            if (read.IsCompleted)
            {
                if (skipping || rest.Length > MaxLength) yield return TooLong(number);
                else if (rest.Length > 0) yield return Parse(rest, number, whole);
                break;
            }

            // of a line that is too long, nothing is kept
            if (rest.Length > MaxLength) (skipping, rest) = (true, rest.Slice(rest.End));
            file.AdvanceTo(rest.Start, read.Buffer.End);
        }
    }

    private static ImportLine TooLong(long number) =>
        new(number, null, [InputError.OfBody("too-long", $"The line has more than {MaxLength} bytes.")]);

    private static ImportLine Parse(ReadOnlySequence<byte> bytes, long number, bool whole)
    {
        var line = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();
        line = line.TrimEnd("\r\t "u8);
        if (line.IsEmpty) return ImportLine.Blank;

        // concatenated files have one in the middle
        if (line.StartsWith(Encoding.UTF8.Preamble))
            return new(number, null, [InputError.OfBody("invalid-json", "A byte order mark may stand only at the start of the file.")]);
        if (!JsonMembers.TryParse(line, "line", IgnoredMembers, out var members, out var error)) return new(number, null, [error]);
        var user = new ImportedUser(
            members.ToUser(whole),
            CreatedAt: members.Text("createdAt").Then(ImportedUser.ParseCreatedAt),
            CreatedBy: members.Text("createdBy").Then(ImportedUser.ParseCreatedBy),
            UpdatedAt: members.Text("updatedAt").Then(ImportedUser.ParseUpdatedAt),
            UpdatedBy: members.Text("updatedBy").Then(ImportedUser.ParseUpdatedBy),
            Version: members.WholeNumber("version").Then(ImportedUser.ParseVersion));
        return new(number, user, members.Errors());
    }
}
