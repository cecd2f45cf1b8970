using CleanUsers.Application.Users;
using CsCheck;

namespace CleanUsers.Application.Tests;

public sealed class SearchWordsTests
{
    [Fact]
    public void Search_word_starts_at_each_word_of_name_address_and_domain() => Assert.Equal(
        new[]
        {
            "ada.b+news@bücher.example.org", "b+news@bücher.example.org", "news@bücher.example.org", "bücher.example.org", "example.org", "org",
            "ada.b+news@xn--bcher-kva.example.org", "b+news@xn--bcher-kva.example.org", "news@xn--bcher-kva.example.org", "xn--bcher-kva.example.org",
            "bcher-kva.example.org", "kva.example.org",
            "o'neil-smith", "neil-smith", "smith", "élodie", "(dr)", "dr)", "👩‍🚀",
        }.Order(StringComparer.Ordinal),
        SearchWords.Of("Ada.B+News@Bücher.example.org", "ada.b+news@xn--bcher-kva.example.org", "O'Neil-Smith É\u006Codie (Dr) 👩‍🚀").Order(
            StringComparer.Ordinal));

    [Fact]
    public void Combining_mark_starts_no_search_word() =>
        Assert.Contains("sally", SearchWords.Of("a@b", "a@b", "\u2764\uFE0FSally"));

    [Theory]
    [InlineData("ΝΊΚΟΣ", "νίκοσ")]
    [InlineData("νίκος", "νίκοσ")]
    [InlineData("  Ada   LOVELACE ada ", "ada lovelace")]
    [InlineData("Re\u0301ne", "r\u00E9ne")]
    [InlineData("100% a_b [x]", "100% a_b [x]")]
    public void Search_text_is_split_into_normalised_words(string text, string words) =>
        Assert.Equal(words.Split(' '), SearchWords.OfSearch(text));

    [Fact]
    public void Every_word_of_a_name_is_found_by_its_prefix() =>
        Gen.String[1, 30].Where(name => name.All(c => !char.IsSurrogate(c) && c != '\uFFFE')).Sample(name =>
    {
        var words = SearchWords.Of("a@b", "a@b", name);
        foreach (var token in SearchWords.OfSearch(name)) Assert.Contains(words, word => word.StartsWith(token, StringComparison.Ordinal));
    });
}
