using CleanUsers.Domain;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>
/// Input that a response repeats, cut to what a reader can use: one name or one number can fill a body of 64 KiB, and percent-encoding makes
/// nine bytes of a character.
/// </summary>
internal static class RepeatedInput
{
    /// <summary>In UTF-16 code units. Longer than every name in the description.</summary>
    private const int MaxLength = 100;

    private const string Ellipsis = "…";

    /// <summary>A name as the client wrote it, for a pointer or a parameter.</summary>
    public static string Name(string text)
    {
        if (text.Length <= MaxLength) return text;
        var length = char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
        return text[..length] + Ellipsis;
    }

    /// <summary>A name or a value inside a sentence, without characters that a terminal obeys.</summary>
    public static string InSentence(string text) => text.ToPlainLine(MaxLength) + (text.Length > MaxLength ? Ellipsis : "");
}
