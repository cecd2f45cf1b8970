using System.Buffers;
using System.Text;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>
/// The header <c>Content-Type</c> (RFC 9110 sections 8.3 and 5.6.6). The framework's parser rejects the empty parameters that RFC 9110 allows, and
/// looks at the first of several charsets only.
/// </summary>
internal static class ContentType
{
    private const string White = " \t";

    /// <summary>RFC 9110 section 5.6.2.</summary>
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <param name="header">The header.</param>
    /// <param name="mediaType">Its type and subtype, without parameters.</param>
    /// <returns>False if it is not a media type, or names another charset than UTF-8, the only one of JSON (RFC 8259 section 8.1).</returns>
    public static bool TryParseUtf8(ReadOnlySpan<char> header, out ReadOnlySpan<char> mediaType)
    {
        mediaType = default;
        var rest = header.Trim(White);
        var type = TakeToken(ref rest);
        if (type.IsEmpty || rest is not ['/', ..]) return false;
        rest = rest[1..];
        var subtype = TakeToken(ref rest);
        if (subtype.IsEmpty) return false;
        mediaType = header.Trim(White)[..(type.Length + 1 + subtype.Length)];

        while (true)
        {
            rest = rest.TrimStart(White);
            if (rest.IsEmpty) return true;
            if (rest[0] != ';') return false;
            rest = rest[1..].TrimStart(White);
            var name = TakeToken(ref rest);
            if (name.IsEmpty) continue; // an empty parameter; anything but the next one after it is rejected above
            if (rest is not ['=', ..]) return false;
            rest = rest[1..];
            if (!TryTakeValue(ref rest, out var value)) return false;
            var isCharset = name.Equals("charset", StringComparison.OrdinalIgnoreCase);
            if (isCharset && !value.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return false;
        }
    }

    private static ReadOnlySpan<char> TakeToken(ref ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOfAnyExcept(Token);
        var token = length < 0 ? rest : rest[..length];
        rest = rest[token.Length..];
        return token;
    }

    /// <summary>A token or a quoted string (RFC 9110 section 5.6.4).</summary>
    private static bool TryTakeValue(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> value)
    {
        value = default;
        if (rest is not ['"', ..])
        {
            value = TakeToken(ref rest);
            return !value.IsEmpty;
        }

        var text = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                value = text.ToString();
                return true;
            }

            if (rest[i] == '\\' && ++i == rest.Length) return false;
            text.Append(rest[i]);
        }

        return false;
    }
}
