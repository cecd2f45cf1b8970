using System.Globalization;
using System.Text;
using CleanUsers.Domain;

namespace CleanUsers.Application.Users;

/// <summary>
/// What a search compares, the same on every database. A user has a search word at the start of each word of its name, of its address and
/// of its domain: the text from there to the next white space. So <c>Ada Byron-King</c> has <c>ada</c>, <c>byron-king</c> and <c>king</c>, and
/// a search for <c>byron-k</c> finds it as <c>king</c> does. All is NFC and lower case.
/// </summary>
public static class SearchWords
{
    /// <summary>In words, of a search.</summary>
    public const int MaxWords = 8;

    /// <summary>In code points, of a search: a longer word can't match any name or address.</summary>
    public const int MaxLength = 254;

    /// <summary>The words of a user.</summary>
    public static ISet<string> Of(string email, string emailKey, string? name)
    {
        ArgumentNullException.ThrowIfNull(email);
        var words = new HashSet<string>(StringComparer.Ordinal);
        AddStarts(words, emailKey);
        AddStarts(words, email); // the domain as people write it, next to its A-labels in the key
        if (name is not null) AddStarts(words, name);
        return words;
    }

    /// <summary>The distinct words of a search.</summary>
    public static IReadOnlyList<string> OfSearch(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.ToLowerNfc().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
    }

    private static void AddStarts(HashSet<string> words, string text)
    {
        foreach (var token in text.ToLowerNfc().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            words.Add(token);
            var inside = false;
            for (var i = 0; i < token.Length; i += Rune.GetRuneAt(token, i).Utf16SequenceLength)
            {
                var category = Rune.GetUnicodeCategory(Rune.GetRuneAt(token, i));
                var part = IsLetterOrDigit(category) || (inside && IsMark(category)); // a mark continues a word, but does not begin one
                if (part && !inside) words.Add(token[i..]);
                inside = part;
            }
        }
    }

    private static bool IsLetterOrDigit(UnicodeCategory category) => category
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsMark(UnicodeCategory category) => category
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
