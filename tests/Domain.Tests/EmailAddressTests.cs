using System.Text;
using CleanUsers.Domain.Users;
using CsCheck;

namespace CleanUsers.Domain.Tests;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("a@b")]
    [InlineData("ada@example.org")]
    [InlineData("Ada.Lovelace+tag@Sub.Example.ORG")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@example.org")]
    [InlineData("用户@例子.公司")]
    [InlineData("rené@bücher.example")]
    [InlineData("a@1a.2b")]
    [InlineData("a@xn--bcher-kva.example")]
    public void Address_is_kept_as_written(string text)
    {
        Assert.True(EmailAddress.TryParse(text, out var address, out var error), error?.Detail);
        Assert.Equal(text, address.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("@example.org")]
    [InlineData("ada@")]
    [InlineData(".ada@example.org")]
    [InlineData("ada.@example.org")]
    [InlineData("a..b@example.org")]
    [InlineData("a@b@example.org")]
    [InlineData("\"ada lovelace\"@example.org")]
    [InlineData("\"ada\"@example.org")]
    [InlineData("ada(comment)@example.org")]
    [InlineData("Ada <ada@example.org>")]
    [InlineData("ada@[127.0.0.1]")]
    [InlineData("ada@127.0.0.1")]
    [InlineData("ada@example..org")]
    [InlineData("ada@example.org.")]
    [InlineData("ada@-example.org")]
    [InlineData("ada@example-.org")]
    [InlineData("ada@exa_mple.org")]
    [InlineData(" ada@example.org")]
    [InlineData("ada@example.org ")]
    [InlineData("ada@example.org\n")]
    [InlineData("ada\r\nBcc: eve@example.org")]
    [InlineData("ad\u0000a@example.org")]
    [InlineData("ad\u00A0a@example.org")]
    [InlineData("ad\u200Ba@example.org")]
    [InlineData("ad\u200Da@example.org")]
    [InlineData("ad\uFEFFa@example.org")]
    [InlineData("ad\u00ADa@example.org")]
    [InlineData("ad\u202Ea@example.org")]
    [InlineData("ad\u2066a@example.org")]
    [InlineData("ad\u3164a@example.org")]
    [InlineData("ad\uFE0Fa@example.org")]
    [InlineData("ada@exam\u200Bple.org")]
    [InlineData("ad\uFFFEa@example.org")]
    [InlineData("ada@xn--a.org")]
    public void Invalid_address_is_rejected(string text)
    {
        Assert.False(EmailAddress.TryParse(text, out _, out var error));
        Assert.Equal("invalid-email", error.Code);
    }

    [Fact] // an attribute can't hold half a surrogate pair
    public void Half_a_surrogate_pair_is_rejected() => Invalid_address_is_rejected("ad\uD800a@example.org");

    [Fact]
    public void Null_is_rejected() => Assert.False(EmailAddress.TryParse(null, out _, out _));

    [Fact]
    public void Limits_count_bytes_not_characters()
    {
        var local = new string('é', 32); // 64 bytes
        Assert.True(EmailAddress.TryParse($"{local}@example.org", out _, out _));
        Assert.False(EmailAddress.TryParse($"{local}e@example.org", out _, out var longLocal));
        Assert.Equal("too-long", longLocal.Code);

        var host = string.Join('.', Enumerable.Repeat(new string('a', 61), 3)); // 185 bytes
        Assert.True(EmailAddress.TryParse($"{new string('a', 64)}@{host}.aaa", out var longest, out var error), error?.Detail);
        Assert.Equal(254, Encoding.UTF8.GetByteCount(longest.Value));
        Assert.False(EmailAddress.TryParse($"{new string('a', 64)}@{host}.aaaa", out _, out var tooLong));
        Assert.Equal("too-long", tooLong.Code);
    }

    [Fact]
    public void Short_address_with_a_key_of_more_than_254_bytes_is_rejected()
    {
        var host = string.Join('.', Enumerable.Repeat("é", 31)); // 247 bytes as A-labels
        Assert.Equal(254, Key($"abcdef@{host}").Length);
        Assert.False(EmailAddress.TryParse($"abcdefg@{host}", out _, out var error));
        Assert.Equal("too-long", error.Code);
    }

    [Theory]
    [InlineData("ADA@EXAMPLE.ORG", "ada@example.org")]
    [InlineData("ada@BÜCHER.example", "ada@xn--bcher-kva.example")]
    [InlineData("rene\u0301@example.org", "ren\u00E9@example.org")]
    [InlineData("\u0130@example.org", "i\u0307@example.org")]
    [InlineData("ΟΔΟΣ@example.org", "οδοσ@example.org")]
    [InlineData("οδος@example.org", "οδοσ@example.org")]
    [InlineData("a@ex\u3002org", "a@ex.org")]
    [InlineData("ada+tag@example.org", "ada+tag@example.org")]
    [InlineData("a.da@example.org", "a.da@example.org")]
    public void Spellings_of_one_address_have_the_same_key(string text, string key) => Assert.Equal(key, Key(text));

    /// <summary>RFC 5893 forbids such labels, and nothing here checks that: docs/decisions/0007-addresses-and-names.md has the reason.</summary>
    [Theory]
    [InlineData("a@\u0627a.example", "a@xn--a-ymc.example")]
    [InlineData("a@xn--a-ymc.example", "a@xn--a-ymc.example")]
    [InlineData("a@1\u0627.example", "a@xn--1-zmc.example")]
    public void Domain_label_with_mixed_directions_is_accepted_and_compared_by_its_A_label(string text, string key) => Assert.Equal(key, Key(text));

    [Theory]
    [InlineData("ada+tag@example.org", "ada@example.org")]
    [InlineData("a.da@example.org", "ada@example.org")]
    public void Addresses_with_different_tags_or_dots_have_different_keys(string one, string other) => Assert.NotEqual(Key(one), Key(other));

    [Fact]
    public void Key_of_a_key_is_the_key_itself()
    {
        var atom = Gen.Char["abzABZ019.+-éÉßẞİıΣσς用Ǖ\u0301\u0308\u0331HJT"].Array[1, 12].Select(letters => new string(letters));
        var label = Gen.Char["abzABZ019éÉßİΣς用\u0301\u0331H"].Array[1, 8].Select(letters => new string(letters));
        Gen.Select(atom, label, label).Sample((local, host, top) =>
        {
            if (!EmailAddress.TryParse($"{local}@{host}.{top}", out var address, out _)) return;
            Assert.Equal(address.Key, Key(address.Key));
        });
    }

    [Fact]
    public void Every_text_is_an_address_or_has_an_error_and_none_throws() => Gen.String.Sample(text =>
        Assert.NotEqual(EmailAddress.TryParse(text + "@" + text, out var address, out var error), address is null || error is not null));

    private static string Key(string text)
    {
        Assert.True(EmailAddress.TryParse(text, out var address, out var error), $"{text}: {error?.Detail}");
        return address.Key;
    }
}
