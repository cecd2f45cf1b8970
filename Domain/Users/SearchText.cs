using System.Globalization;
using System.Text;

namespace CleanUsers.Domain.Users;

/// <summary>
/// What a search looks at, the same on every database. A user has a search word at the start of each word of its name, of its address and
/// of its domain: the text from there to the next white space. So <c>Ada Byron-King</c> has <c>ada</c>, <c>byron-king</c> and <c>king</c>, and
/// a search for <c>byron-k</c> finds it as <c>king</c> does. All is NFC and lower case.
/// <para>In the search text of a user, a space is before the start of each search word, and a line feed at their end: <c>" ada\n byron- king\n"</c>.
/// So a user has a search word that begins with a given one exactly if its text contains the <see cref="Start"/> of that.</para>
/// </summary>
public static class SearchText
{
    /// <summary>In UTF-16 units: three times an address in its two spellings and the longest name, all of whose words have one character.</summary>
    public const int MaxLength = 3 * ((2 * EmailAddress.MaxBytes) + (2 * UserName.MaxLength));

    /// <param name="email">The address as written: in the key, its domain has A-labels.</param>
    public static string Of(string email, string emailKey, string? name)
    {
        var text = "";
        foreach (var part in (string[])[emailKey, email, name ?? ""])
        {
            foreach (var token in Tokens(part))
            {
                var start = Start(token);
                // all search words of the token are beginnings of others: an address in lower case, a name in an address
                if (!text.Contains(start, StringComparison.Ordinal)) text += start + '\n';
            }
        }

        return text;
    }

    /// <summary>The texts between white space, in the form that is compared.</summary>
    public static IEnumerable<string> Tokens(string text) => text.ToLowerNfc().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the text of a user contains if one of its search words begins with this token.</summary>
    public static string Start(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var start = new StringBuilder(" ");
        var inside = false;
        foreach (var rune in token.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            var part = IsLetterOrDigit(category) || (inside && IsMark(category)); // a mark continues a word, but does not begin one
            if (part && !inside && start.Length > 1) start.Append(' ');
            start.Append(rune);
            inside = part;
        }

        return start.ToString();
    }

    /// <summary>The search words of a user, but for those that others begin with, which no search needs.</summary>
    /// <param name="text">The search text of the user.</param>
    public static IReadOnlyList<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        foreach (var token in text.Split('\n'))
        {
            for (var start = token.IndexOf(' ', StringComparison.Ordinal); start >= 0; start = token.IndexOf(' ', start + 1))
                words.Add(token[start..].Replace(" ", "", StringComparison.Ordinal));
        }

        words.Sort(StringComparer.Ordinal); // a word comes right before those that begin with it
        return [.. words.Where((word, i) => i + 1 == words.Count || !words[i + 1].StartsWith(word, StringComparison.Ordinal))];
    }

    private static bool IsLetterOrDigit(UnicodeCategory category) => category
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private static bool IsMark(UnicodeCategory category) => category
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
