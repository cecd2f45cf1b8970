using CleanUsers.Infrastructure.Persistence.Search;

namespace CleanUsers.Infrastructure.Tests;

/// <summary>How far a search looks for a word that few users have.</summary>
public sealed class RarestWordTests
{
    [Theory]
    [InlineData(new[] { "ada" }, new[] { 999 }, "ada", 1)]
    [InlineData(new[] { "ada" }, new[] { 7140 }, "ada", 2)]
    [InlineData(new[] { "ada" }, new[] { 7141 }, null, 2)] // the square root of 51 * 1,000,000
    [InlineData(new[] { "ada", "king" }, new[] { 5000, 999 }, "king", 1)]
    [InlineData(new[] { "ada", "king" }, new[] { 50_000, 4999 }, "king", 2)]
    [InlineData(new[] { "ada", "king" }, new[] { 50_000, 30_000 }, null, 2)]
    public async Task Word_is_rare_where_fewer_users_are_looked_up_than_read_in_order(string[] words, int[] entries, string? rarest, int looks)
    {
        var looked = 0;
        using var rarestWord = new RarestWord();
        var expected = (rarest, rarest is null ? 4 * 7141 : 0);
        Assert.Equal(expected, await FindAsync());
        Assert.Equal(looks, looked);
        if (rarest is not null) return;
        Assert.Equal(expected, await FindAsync());
        Assert.Equal(looks, looked);

        Task<(string? Rarest, int Reach)> FindAsync() => rarestWord.FindAsync(
            words,
            rows: 51,
            limit =>
            {
                looked++;
                return Task.FromResult<IReadOnlyList<long>>([.. entries.Select(count => (long)Math.Min(count, limit))]);
            },
            () => Task.FromResult(1_000_000L));
    }

    [Fact]
    public async Task Among_few_users_one_look_is_enough()
    {
        var looked = 0;
        using var rarestWord = new RarestWord();
        var (rarest, _) = await rarestWord.FindAsync(
            ["ada"],
            rows: 51,
            limit =>
            {
                looked++;
                return Task.FromResult<IReadOnlyList<long>>([limit]);
            },
            () => Task.FromResult(5000L));
        Assert.Null(rarest);
        Assert.Equal(1, looked);
    }

    [Fact]
    public async Task Look_has_a_limit_however_great_the_ids_are()
    {
        var longest = 0;
        using var rarestWord = new RarestWord();
        var found = await rarestWord.FindAsync(
            ["ada"],
            rows: 201,
            limit =>
            {
                longest = Math.Max(longest, limit);
                return Task.FromResult<IReadOnlyList<long>>([limit]);
            },
            () => Task.FromResult(long.MaxValue));
        Assert.Equal((50_000, (null, 200_000)), (longest, found));
    }
}
