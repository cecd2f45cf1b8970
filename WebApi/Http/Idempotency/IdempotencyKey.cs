using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.WebApi.Http.Input;
using Microsoft.Extensions.Primitives;

namespace CleanUsers.WebApi.Http.Idempotency;

/// <summary>
/// The header <c>Idempotency-Key</c>: 1 to 255 visible ASCII characters, bare or as a quoted string (draft-ietf-httpapi-idempotency-key-header, RFC
/// 9651 section 3.3.3).
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>Of a response that was stored and is sent again.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    private const int MaxLength = 255;

    /// <returns>The key; empty if it can't be read: then there is an error.</returns>
    public static (string Key, IReadOnlyList<InputError> Errors) Read(HttpRequest request) => TryParse(request.Headers[Header], out var key)
        ? (key, [])
        : ("", [InputError.OfHeader(Header, "invalid-key", $"Header '{Header}' must be 1 to 255 visible ASCII characters, there once.")]);

    public static bool TryParse(StringValues header, [NotNullWhen(true)] out string? key)
    {
        key = null;
        if (header is not [{ } text]) return false;
        if (text.StartsWith('"') && !(text is ['"', .. var quoted, '"'] && TryUnquote(quoted, out text))) return false;
        if (text.Length is 0 or > MaxLength || !text.All(c => c is > ' ' and <= '~')) return false;
        key = text;
        return true;
    }

    /// <summary>What a key belongs to: the same key of another caller, method or path is another.</summary>
    public static string Scope(string caller, HttpRequest request, string key) => Convert.ToHexString(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{caller}\n{request.Method}\n{request.Path.Value?.TrimEnd('/').ToUpperInvariant()}\n{key}")));

    private static bool TryUnquote(string quoted, out string text)
    {
        var plain = new StringBuilder(quoted.Length);
        text = "";
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] == '"') return false;
            if (quoted[i] == '\\' && (++i == quoted.Length || quoted[i] is not ('"' or '\\'))) return false;
            plain.Append(quoted[i]);
        }

        text = plain.ToString();
        return true;
    }
}
