using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using CleanUsers.Domain.ApiKeys;

namespace CleanUsers.Application.ApiKeys;

/// <summary>
/// A key as clients have it: <see cref="Prefix"/>, 30 random characters, and 6 of a checksum over them (CRC-32 in base 62, as GitHub's tokens have
/// it). By the prefix, programs find keys that were published by mistake; by the checksum, a typing error is rejected without a query.
/// </summary>
public static class ApiKeyText
{
    public const string Prefix = "cuk_";

    /// <summary>Of the whole text.</summary>
    public const int Length = 40;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 30;
    private const int ChecksumLength = 6;

    /// <summary>Of CRC-32 (ISO 3309), bits reversed.</summary>
    private const uint Polynomial = 0xEDB88320;

    private static readonly SearchValues<char> OfDigits = SearchValues.Create(Digits);

    /// <summary>False for every text that <see cref="Create"/> can't have made.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) => text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal)
        && !text[Prefix.Length..].ContainsAnyExcept(OfDigits)
        && text[^ChecksumLength..].SequenceEqual(Checksum(text[Prefix.Length..^ChecksumLength]));

    /// <summary>By which a key is found. A key is random, so a fast function is enough: nobody can try all keys.</summary>
    public static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    internal static string Create()
    {
        var random = RandomNumberGenerator.GetString(Digits, RandomLength);
        return $"{Prefix}{random}{Checksum(random)}";
    }

    internal static StoredKey ToStore(string text) => new(Digest(text), text[..StoredKey.StartLength]);

    private static string Checksum(ReadOnlySpan<char> random)
    {
        var register = uint.MaxValue;
        foreach (var character in random)
        {
            register ^= character;
            for (var bit = 0; bit < 8; bit++) register = (register >> 1) ^ ((register & 1) * Polynomial);
        }

        Span<char> text = stackalloc char[ChecksumLength];
        var rest = ~register;
        for (var i = ChecksumLength - 1; i >= 0; i--, rest /= (uint)Digits.Length) text[i] = Digits[(int)(rest % (uint)Digits.Length)];
        return new(text);
    }
}
