using CleanUsers.Application.ApiKeys;

namespace CleanUsers.Application.Tests;

public sealed class ApiKeyTextTests
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // the checksums are those of Python's zlib.crc32
    private const string Known = "cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw";

    [Fact]
    public void New_key_has_the_prefix_30_random_characters_and_their_checksum()
    {
        var keys = Enumerable.Range(0, 1000).Select(_ => ApiKeyText.Create()).ToList();
        Assert.All(keys, key => Assert.Matches("^cuk_[0-9A-Za-z]{36}$", key));
        Assert.All(keys, key => Assert.True(ApiKeyText.IsWellFormed(key)));
        Assert.Equal(1000, keys.Select(key => key[4..34]).Distinct().Count());
        Assert.Equal(Digits, string.Concat(keys.SelectMany(key => key[4..34]).Distinct().Order()));
    }

    [Theory]
    [InlineData(Known)]
    [InlineData("cuk_0000000000000000000000000000002C8GjS")]
    public void Checksum_is_CRC_32_in_base_62(string key) => Assert.True(ApiKeyText.IsWellFormed(key));

    [Fact]
    public void Every_wrong_character_and_every_exchange_of_two_neighbours_is_found()
    {
        for (var i = 0; i < Known.Length; i++)
        {
            foreach (var digit in Digits.Append('_').Where(digit => digit != Known[i]))
                Assert.False(ApiKeyText.IsWellFormed(Known[..i] + digit + Known[(i + 1)..]));
        }

        for (var i = 1; i < Known.Length; i++)
        {
            var exchanged = Known[..(i - 1)] + Known[i] + Known[i - 1] + Known[(i + 1)..];
            Assert.Equal(exchanged == Known, ApiKeyText.IsWellFormed(exchanged));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("cuk_")]
    [InlineData($"{Known} ")]
    [InlineData($" {Known}")]
    [InlineData($"{Known}0")]
    [InlineData($"{Known},Bearer {Known}")]
    [InlineData("CUK_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw")]
    [InlineData("cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBr\u0660")]
    [InlineData("cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQB\ud83d\ude00")]
    public void Other_texts_are_not_well_formed(string text) => Assert.False(ApiKeyText.IsWellFormed(text));

    [Fact]
    public void Digest_is_SHA_256() => Assert.Equal(
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("cuk_4dQ7tBz9KfX2mVw8Rb5YhJ3nLc6PgD0tQBrw"u8)), ApiKeyText.Digest(Known));
}
