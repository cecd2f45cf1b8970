using System.Text;
using CleanUsers.Domain.Users;
using CsCheck;

namespace CleanUsers.Domain.Tests;

public sealed class SearchTextTests
{
    private static readonly Gen<string> Words = Gen.OneOf(
        "ada", "Ada", "a", "b", "1", "\u0301", "é", "e\u0301", "ß", "Σ", "-", ".", "(", "'", " ", "\u00A0", "\u200D", "👩", "字")
        .Array[0, 9].Select(string.Concat);

    [Fact]
    public void Search_word_starts_at_each_word_of_name_address_and_domain() => Assert.Equal(
        new[]
        {
            "ada.b+news@bücher.example.org", "b+news@bücher.example.org", "news@bücher.example.org", "bücher.example.org", "example.org", "org",
            "ada.b+news@xn--bcher-kva.example.org", "b+news@xn--bcher-kva.example.org", "news@xn--bcher-kva.example.org", "xn--bcher-kva.example.org",
            "bcher-kva.example.org", "kva.example.org",
            "o'neil-smith", "neil-smith", "smith", "élodie", "(dr)", "dr)", "👩‍🚀",
        }.Order(StringComparer.Ordinal),
        SearchText.Words(SearchText.Of(
            "Ada.B+News@Bücher.example.org", "ada.b+news@xn--bcher-kva.example.org", "O'Neil-Smith É\u006Codie (Dr) 👩‍🚀")));

    [Fact]
    public void Text_has_a_space_before_each_search_word_and_a_line_feed_at_their_end() =>
        Assert.Equal(" ada@ example. org\n byron- king\n", SearchText.Of("ada@example.org", "ada@example.org", "Byron-King Ada"));

    [Fact]
    public void Search_word_that_another_begins_with_is_left_out() => Assert.Equal(
        ["ada.king@example.org", "example.org", "king@example.org", "org"],
        SearchText.Words(SearchText.Of("ada.king@example.org", "ada.king@example.org", "Ada King")));

    [Fact]
    public void Combining_mark_starts_no_search_word() =>
        Assert.Contains("sally", SearchText.Words(SearchText.Of("a@b", "a@b", "\u2764\uFE0FSally")));

    /// <summary>Compared with the definition: a search word begins at the start of a token, and where letters or digits begin.</summary>
    [Fact]
    public void User_is_found_exactly_by_the_beginnings_of_its_search_words() => Gen.Select(Words, Words, Words).Sample((local, name, search) =>
    {
        var email = $"x{local.Replace(" ", "", StringComparison.Ordinal)}@example.org";
        var text = SearchText.Of(email, email.ToUpperInvariant().ToLowerInvariant(), name);
        var all = new[] { email, email.ToUpperInvariant().ToLowerInvariant(), name }.SelectMany(SearchText.Tokens).SelectMany(Starts).ToList();
        foreach (var token in SearchText.Tokens(search).Concat(all))
        {
            var found = all.Exists(word => word.StartsWith(token, StringComparison.Ordinal));
            Assert.Equal(found, text.Contains(SearchText.Start(token), StringComparison.Ordinal));
            Assert.Equal(found, SearchText.Words(text).Any(word => word.StartsWith(token, StringComparison.Ordinal)));
        }
    }, iter: 20_000);

    private static IEnumerable<string> Starts(string token)
    {
        yield return token;
        var previous = false;
        for (var i = 0; i < token.Length; i += Rune.GetRuneAt(token, i).Utf16SequenceLength)
        {
            var rune = Rune.GetRuneAt(token, i);
            var isMark = Rune.GetUnicodeCategory(rune).ToString().EndsWith("Mark", StringComparison.Ordinal);
            var isPart = Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || (previous && isMark);
            if (isPart && !previous) yield return token[i..];
            previous = isPart;
        }
    }
}
