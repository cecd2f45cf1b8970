namespace CleanUsers.WebApi.Commands.Files;

/// <summary>
/// Texts as cells. A spreadsheet takes a cell that begins with one of some characters for a formula, and executes it (CWE-1236); with
/// an apostrophe before it, it is text again. Every text comes back as it was: a cell that looks as if it had been defused gets one more.
/// </summary>
internal static class CsvCell
{
    private const char Apostrophe = '\'';

    public static string Defuse(string text) => IsFormula(text) ? $"{Apostrophe}{text}" : text;

    public static string Restore(string cell) => cell.StartsWith(Apostrophe) && IsFormula(cell) ? cell[1..] : cell;

    private static bool IsFormula(string text) => text.AsSpan().TrimStart(Apostrophe) is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];
}
