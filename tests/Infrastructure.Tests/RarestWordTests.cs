using CleanUsers.Infrastructure.Persistence.Search;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>How far a search looks for a word that few users have.</summary>
public sealed class RarestWordTests
{
    [Theory]
    [InlineData(new[] { "ada" }, new[] { 999 }, "ada", 1)]
    [InlineData(new[] { "ada" }, new[] { 1000 }, null, 1)]
    [InlineData(new[] { "ada", "king" }, new[] { 5000, 999 }, "king", 1)]
    [InlineData(new[] { "ada", "king" }, new[] { 50_000, 4999 }, "king", 2)]
    [InlineData(new[] { "ada", "king" }, new[] { 5000, 30_000 }, null, 2)]
    public async Task Search_of_several_common_words_looks_a_second_time(string[] words, int[] entries, string? rarest, int looks)
    {
        var looked = 0;
        using var rarestWord = new RarestWord();
        Assert.Equal(rarest, await rarestWord.FindAsync(words, limit =>
        {
            looked++;
            return Task.FromResult<IReadOnlyList<long>>([.. entries.Select(count => (long)Math.Min(count, limit))]);
        }));
        Assert.Equal(looks, looked);
    }
}
