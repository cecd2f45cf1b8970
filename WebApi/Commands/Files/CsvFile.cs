using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Ardalis.Result;
using CleanUsers.Application.Transfer;
using CleanUsers.Domain.Users;
using CleanUsers.WebApi.Http;
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
        while (true)
        {
            var (there, torn) = await ReadRowAsync(csv, ct);
            if (torn is null && columns is null && csv.Headers.Count > 0) (columns, torn) = ReadHeader(csv.Headers);
            if (torn is not null) yield return torn;
            if (torn is not null || !there) yield break;
            yield return malformed
                ? Refuse(csv.LineNumber, "invalid-csv", "The line has a quote where none may be, or one that is not closed.")
                : ToLine(csv, columns!, whole);
            malformed = false;
        }
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static ImportLine Refuse(long number, string code, string detail) => new(number, null, [new BodyError(code, detail)]);

    /// <returns>Whether there is a row, and why there can't be any more.</returns>
    private static async Task<(bool There, ImportLine? Torn)> ReadRowAsync(CsvReader csv, CancellationToken ct)
    {
        try
        {
            return (await csv.ReadAsync(ct), null);
        }
        catch (CsvFormatException fault)
        {
            return (false, Refuse(fault.LineNumber, "too-long", $"The line has more than {MaxLength} octets, and what follows can't be read."));
        }
    }

    private static (Dictionary<string, int> Columns, ImportLine? Torn) ReadHeader(IReadOnlyList<string> names)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!Columns.Contains(name))
                return (columns, Refuse(1, "unknown-column", $"There is no column '{name}' here: the first line must name the columns, with commas between them, of {string.Join(',', Columns)}."));
            if (!columns.TryAdd(name, columns.Count)) return (columns, Refuse(1, "duplicate-column", $"The column {name} must be there once."));
        }

        return (columns, columns.ContainsKey("email") ? null : Refuse(1, "required", "The column email is required."));
    }

    private static ImportLine ToLine(CsvReader csv, Dictionary<string, int> columns, bool whole)
    {
        if (csv.FieldCount != columns.Count)
            return Refuse(csv.LineNumber, "wrong-number-of-cells", $"The line must have {columns.Count} cells, as the first one has, not {csv.FieldCount}.");

        var faults = new List<ValidationError>();
        var user = new ImportedUser(
            Text("email"),
            Text("name"),
            WholeNumbers.ToInt(WholeNumber("age")),
            Text("role") ?? (whole ? null : nameof(UserRole.User)),
            Text("status") ?? (whole ? null : nameof(UserStatus.Active)),
            Text("createdAt"),
            Text("createdBy"),
            Text("updatedAt"),
            Text("updatedBy"),
            WholeNumber("version"));
        return new(csv.LineNumber, user, faults);

        string? Text(string column)
        {
            if (!columns.TryGetValue(column, out var i) || csv.IsEmpty(i)) return null;
            if (Utf8.IsValid(csv.GetSpan(i))) return CsvCell.Restore(csv.GetString(i));
            faults.Add(new(column, $"Cell {column} is not UTF-8.", "invalid-utf-8", ValidationSeverity.Error));
            return null;
        }

        long? WholeNumber(string column)
        {
            if (Text(column) is not { } cell) return null;
            if (WholeNumbers.TryParse(cell, out var number)) return number;
            faults.Add(new(column, $"Cell {column} must be a whole number.", "wrong-type", ValidationSeverity.Error));
            return null;
        }
    }
}
