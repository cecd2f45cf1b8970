using System.Globalization;
using System.Text;
using System.Text.Json;
using CleanUsers.Application;
using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Commands;

/// <summary>How results are written to standard output: as JSON like that of HTTP for programs, or as a table for people.</summary>
internal static class Printing
{
    public static Task PrintJsonAsync<T>(T value) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(value, WireJson.Type<T>()));

    /// <summary>Each column as wide as its widest cell, but for the last.</summary>
    public static async Task PrintRowsAsync(IEnumerable<string[]> table)
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

    /// <summary>A page as JSON, or as a table that ends with how to get the next one.</summary>
    public static async Task PrintPageAsync<T>(Page<T> page, bool json, string[] columns, Func<T, string[]> row)
    {
        if (json)
        {
            await PrintJsonAsync(page);
            return;
        }

        await PrintRowsAsync([columns, .. page.Items.Select(row)]);
        if (page.TotalCount is { } total) await Console.Out.WriteLineAsync($"{total} in total");
        if (page.NextCursor is { } next) await Console.Out.WriteLineAsync($"Next page: --cursor {next}");
    }

    private static int Width(string text) => new StringInfo(text).LengthInTextElements;
}
