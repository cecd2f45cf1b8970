using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>
/// A parameter of a query, decoded strictly. The framework's own decoder takes what is broken for text: <c>50%</c>, <c>%zz</c>, half a
/// character (<c>%C3</c>), half a surrogate pair (<c>%ED%A0%80</c>).
/// </summary>
/// <param name="Written">The name as the client wrote it.</param>
/// <param name="Name">The name; null if its encoding is broken.</param>
/// <param name="Value">The value; null if its encoding is broken.</param>
internal readonly record struct QueryParameter(string Written, string? Name, string? Value)
{
    public static IEnumerable<QueryParameter> Read(QueryString query)
    {
        foreach (var pair in new QueryStringEnumerable(query.Value))
            yield return new(pair.EncodedName.ToString(), Decode(pair.EncodedName.Span), Decode(pair.EncodedValue.Span));
    }

    /// <summary>RFC 3986 section 2.1, and a plus for a space as HTML forms have it.</summary>
    private static string? Decode(ReadOnlySpan<char> encoded)
    {
        var bytes = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var character = encoded[i];
            if (character != '%')
            {
                if (!char.IsAscii(character)) return null;
                bytes[length++] = character == '+' ? (byte)' ' : (byte)character;
            }
            else if (encoded.Length > i + 2
                && Convert.FromHexString(encoded.Slice(i + 1, 2), bytes.AsSpan(length), out _, out _) == OperationStatus.Done)
            {
                length++;
                i += 2;
            }
            else
            {
                return null;
            }
        }

        var text = bytes.AsSpan(0, length);
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : null;
    }
}
