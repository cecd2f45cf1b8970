using System.Globalization;
using System.Text.Json;
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
    private static readonly string[] ColumnsOfChanges = ["VERSION", "AT", "BY", "KIND", "CHANGED"];

    public static Task PrintAsync(UserDto user, bool json) => json ? Printing.PrintJsonAsync(user) : Printing.PrintRowsAsync(
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

    public static Task PrintAsync(Page<UserDto> page, bool json) => Printing.PrintPageAsync(
        page, json, Columns, user => [Number(user.Id), user.Email, user.Name ?? "", Number(user.Age), $"{user.Role}", $"{user.Status}"]);

    public static Task PrintAsync(Page<UserChangeDto> page, bool json) => Printing.PrintPageAsync(
        page, json, ColumnsOfChanges, change =>
        [
            Number(change.Version), WireJson.Instant(change.At), change.By, Word(change.Kind), string.Join(", ", change.Changed.Select(Word)),
        ]);

    public static Task PrintAsync(this ImportCounts counts, bool json) => json
        ? Printing.PrintJsonAsync(counts)
        : Printing.PrintRowsAsync(
    [
        ["added", Number(counts.Added)],
        ["replaced", Number(counts.Replaced)],
        ["unchanged", Number(counts.Unchanged)],
        ["already there", Number(counts.AlreadyThere)],
        ["rejected", Number(counts.Refused)],
        ["blank", Number(counts.Blank)],
    ]);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName($"{value}");

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
