using System.Globalization;
using CleanUsers.Application;
using CleanUsers.Application.ApiKeys;
using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Commands;

/// <summary>API keys on standard output: as JSON like that of HTTP for programs, or as text.</summary>
internal static class KeyPrinting
{
    private static readonly string[] Columns = ["ID", "START", "NAME", "SCOPES", "LAST USED", "EXPIRES", "CREATED BY"];

    /// <summary>Without JSON, the key alone: <c>KEY=$(… keys create …)</c>.</summary>
    public static Task PrintAsync(CreatedApiKeyDto key, bool json) =>
        json ? Printing.PrintJsonAsync(key) : Console.Out.WriteLineAsync(key.Key);

    public static Task PrintAsync(Page<ApiKeyDto> page, bool json) => Printing.PrintPageAsync(page, json, Columns, Row);

    private static string[] Row(ApiKeyDto key) =>
    [
        key.Id.ToString(CultureInfo.InvariantCulture), key.Start, key.Name, string.Join(' ', key.Scopes), Instant(key.LastUsedAt, "never"),
        Instant(key.ExpiresAt, "never"), key.CreatedBy,
    ];

    private static string Instant(DateTimeOffset? instant, string otherwise) => instant is { } at ? WireJson.Instant(at) : otherwise;
}
