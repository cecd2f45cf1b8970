using CleanUsers.Application.Users;

namespace CleanUsers.Application.Tests;

public sealed class SearchTests
{
    [Theory]
    [InlineData("ΝΊΚΟΣ", "νίκοσ")]
    [InlineData("νίκος", "νίκοσ")]
    [InlineData("  Ada   LOVELACE ada ", "ada lovelace")]
    [InlineData("Re\u0301ne", "r\u00E9ne")]
    [InlineData("100% a_b [x]", "100% a_b [x]")]
    public void Search_text_is_split_into_normalised_words(string text, string words) =>
        Assert.Equal(words.Split(' '), UserListQuery.ParseSearch(text).Value);
}
