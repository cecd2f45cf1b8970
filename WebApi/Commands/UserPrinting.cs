using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CleanUsers.Application;
using CleanUsers.Application.Changes;
using CleanUsers.Application.Transfer;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Commands;

/// <summary>Users on standard output: as JSON like that of HTTP for programs, or as a table for people.</summary>
internal static class UserPrinting
{
    private static readonly string[] Columns = ["ID", "EMAIL", "NAME", "AGE", "ROLE", "STATUS"];

    public static Task PrintAsync(UserDto user, bool json) => json ? PrintJsonAsync(user, WireJson.Type<UserDto>()) : PrintRowsAsync(
    [
        ["id", Number(user.Id)],
        ["email", user.Email],
        ["name", user.Name ?? ""],
        ["age", Number(user.Age)],
        ["role", $"{user.Role}"],
        ["status", $"{user.Status}"],
        ["createdAt", WireJson.Instant(user.CreatedAt)],
        ["updatedAt", WireJson.Instant(user.UpdatedAt)],
        ["version", Number(user.Version)],
    ]);

    public static async Task PrintAsync(Page<UserDto> page, bool json)
    {
        if (json)
        {
            await PrintJsonAsync(page, WireJson.Type<Page<UserDto>>());
            return;
        }

        await PrintRowsAsync(
        [
            Columns,
            .. page.Items.Select(user =>
                (string[])[Number(user.Id), user.Email, user.Name ?? "", Number(user.Age), $"{user.Role}", $"{user.Status}"]),
        ]);
        await PrintEndAsync(page);
    }

    public static async Task PrintAsync(Page<UserChangeDto> page, bool json)
    {
        if (json)
        {
            await PrintJsonAsync(page, WireJson.Type<Page<UserChangeDto>>());
            return;
        }

        await PrintRowsAsync(
        [
            ["VERSION", "AT", "BY", "KIND", "CHANGED"],
            .. page.Items.Select(change => (string[])
                [Number(change.Version), WireJson.Instant(change.At), change.By, Word(change.Kind), string.Join(", ", change.Changed.Select(Word))]),
        ]);
        await PrintEndAsync(page);
    }

    private static async Task PrintEndAsync<T>(Page<T> page)
    {
        if (page.TotalCount is { } total) await Console.Out.WriteLineAsync($"{total} in total");
        if (page.NextCursor is { } next) await Console.Out.WriteLineAsync($"Next page: --cursor {next}");
    }

    public static Task PrintAsync(this ImportCounts counts, bool json) => json
        ? PrintJsonAsync(counts, WireJson.Type<ImportCounts>())
        : PrintRowsAsync(
    [
        ["added", Number(counts.Added)],
        ["replaced", Number(counts.Replaced)],
        ["unchanged", Number(counts.Unchanged)],
        ["already there", Number(counts.AlreadyThere)],
        ["rejected", Number(counts.Refused)],
        ["blank", Number(counts.Blank)],
    ]);

    private static Task PrintJsonAsync<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(value, type));

    /// <summary>Each column as wide as its widest cell, but for the last.</summary>
    private static async Task PrintRowsAsync(IEnumerable<string[]> table)
    {
        var rows = table.Select(row => row.Select(TerminalText.Escape).ToArray()).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => Width(row[column]))).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++) line.Append(row[i]).Append(' ', widths[i] - Width(row[i]) + 2);
            await Console.Out.WriteLineAsync(line.ToString().TrimEnd());
        }
    }

    private static int Width(string text) => new StringInfo(text).LengthInTextElements;

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName($"{value}");

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
