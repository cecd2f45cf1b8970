using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using CleanUsers.Application;
using CleanUsers.Application.Transfer;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Responses;
using CsvHelper;

namespace CleanUsers.WebApi.Commands.Files;

/// <summary>
/// RFC 4180, in UTF-8, with a first line that names the columns, in any order. An empty cell is a member that is not there. No member has line
/// breaks, so a line is a user: a quote that is not closed spoils its own line alone.
/// </summary>
internal sealed class CsvFile : UserFile
{
    private static readonly string[] Columns =
        ["id", "email", "name", "age", "role", "status", "createdAt", "updatedAt", "version", "createdBy", "updatedBy"];

    public override async Task WriteAsync(IAsyncEnumerable<ExportedUser> users, Stream stream, CancellationToken ct)
    {
        await using var csv = CsvWriter.Create(stream, options: null, leaveOpen: true);
        foreach (var column in Columns) csv.WriteField(column);
        await csv.EndRecordAsync(ct);
        await foreach (var user in users.WithCancellation(ct))
        {
            csv.WriteField(Number(user.Id));
            csv.WriteField(CsvCell.Defuse(user.Email));
            csv.WriteField(CsvCell.Defuse(user.Name ?? ""));
            csv.WriteField(Number(user.Age));
            csv.WriteField($"{user.Role}");
            csv.WriteField($"{user.Status}");
            csv.WriteField(WireJson.Instant(user.CreatedAt));
            csv.WriteField(WireJson.Instant(user.UpdatedAt));
            csv.WriteField(Number(user.Version));
            csv.WriteField(CsvCell.Defuse(user.CreatedBy));
            csv.WriteField(CsvCell.Defuse(user.UpdatedBy));
            await csv.EndRecordAsync(ct);
        }
    }

    protected override async IAsyncEnumerable<ImportLine> ReadAsync(PipeReader file, bool whole, [EnumeratorCancellation] CancellationToken ct)
    {
        var malformed = false;
        var options = CsvReaderOptions.Default with
        {
            Separator = ',',
            AllowLineBreaksInQuotes = false,
            MaxRecordSize = MaxLength,
            TrackLineNumbers = true,
            OnMalformedRecord = _ => malformed = true,
        };
        await using var csv = CsvReader.Create(file.AsStream(leaveOpen: true), options, leaveOpen: true);
        Dictionary<string, int>? columns = null;
        var counted = 0L; // lines so far; the reader skips empty ones, but numbers them
        while (true)
        {
            var (there, torn) = await ReadRowAsync(csv, ct);
            if (torn is null && columns is null && csv.Headers.Count > 0)
            {
                (columns, torn) = ReadHeader(csv.Headers);
                counted++;
            }

            for (var end = there ? csv.LineNumber - 1 : csv.LineNumber; torn is null && counted < end; counted++) yield return ImportLine.Blank;
            if (torn is not null) yield return torn;
            if (torn is not null || !there) yield break;
            counted++;
            yield return malformed
                ? RejectLine(csv.LineNumber, "invalid-csv", "The line has a quote in a wrong place, or a quote that is not closed.")
                : ToLine(csv, columns!, whole);
            malformed = false;
        }
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static ImportLine RejectLine(long number, string code, string detail) => new(number, null, [InputError.OfBody(code, detail)]);

    /// <returns>Whether there is a row, and why there can't be any more.</returns>
    private static async Task<(bool There, ImportLine? Torn)> ReadRowAsync(CsvReader csv, CancellationToken ct)
    {
        try
        {
            return (await csv.ReadAsync(ct), null);
        }
        catch (CsvFormatException error)
        {
            return (false, RejectLine(error.LineNumber, "too-long", $"The line has more than {MaxLength} bytes, and what follows can't be read."));
        }
    }

    private static (Dictionary<string, int> Columns, ImportLine? Torn) ReadHeader(IReadOnlyList<string> names)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!Columns.Contains(name))
            {
                return (columns, RejectLine(
                    1, "unknown-column",
                    $"Unknown column '{name}': the first line must name columns, separated by commas, of {string.Join(',', Columns)}."));
            }

            if (!columns.TryAdd(name, columns.Count)) return (columns, RejectLine(1, "duplicate-column", $"Column '{name}' must appear only once."));
        }

        return (columns, columns.ContainsKey("email") ? null : RejectLine(1, "required", "Column 'email' is required."));
    }

    private static ImportLine ToLine(CsvReader csv, Dictionary<string, int> columns, bool whole)
    {
        if (csv.FieldCount != columns.Count)
            return RejectLine(
                csv.LineNumber, "wrong-number-of-cells", $"The line must have {columns.Count} cells, as the first one has, not {csv.FieldCount}.");

        var errors = new List<InputError>();
        var user = new ImportedUser(
            UserInput.Parse(
                email: Text("email"),
                name: Text("name"),
                age: WholeNumber("age"),
                role: Text("role").Then<string?>(role => role ?? (whole ? null : UserInput.DefaultRole)),
                status: Text("status").Then<string?>(status => status ?? (whole ? null : UserInput.DefaultStatus))),
            CreatedAt: Text("createdAt").Then(ImportedUser.ParseCreatedAt),
            CreatedBy: Text("createdBy").Then(ImportedUser.ParseCreatedBy),
            UpdatedAt: Text("updatedAt").Then(ImportedUser.ParseUpdatedAt),
            UpdatedBy: Text("updatedBy").Then(ImportedUser.ParseUpdatedBy),
            Version: WholeNumber("version").Then(ImportedUser.ParseVersion));
        return new(csv.LineNumber, user, errors);

        Parsed<string?> Text(string column)
        {
            if (!columns.TryGetValue(column, out var i) || csv.IsEmpty(i)) return (string?)null;
            return Utf8.IsValid(csv.GetSpan(i))
                ? CsvCell.Restore(csv.GetString(i))
                : Reject<string?>(column, "invalid-utf-8", $"Cell '{column}' is not UTF-8.");
        }

        Parsed<long?> WholeNumber(string column) => Text(column).Then(cell =>
            cell is null ? (long?)null
            : WholeNumbers.TryParse(cell, out var number) ? (long?)number
            : Reject<long?>(column, "wrong-type", $"Cell '{column}' must be a whole number."));

        Parsed<T> Reject<T>(string column, string code, string detail)
        {
            errors.Add(InputError.OfMember(column, code, detail));
            return Parsed.Rejected<T>(new ShapeError(code, detail));
        }
    }
}
