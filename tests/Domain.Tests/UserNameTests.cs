using System.Text;
using CleanUsers.Domain.Users;
using CsCheck;

namespace CleanUsers.Domain.Tests;

public sealed class UserNameTests
{
    [Theory]
    [InlineData(" Ada \t", "Ada")]
    [InlineData("\u2003Ada\u00A0", "Ada")]
    [InlineData("Rene\u0301", "Ren\u00E9")]
    [InlineData("نام\u200Cها", "نام\u200Cها")]
    [InlineData("👩\u200D🚀", "👩\u200D🚀")]
    public void Name_is_trimmed_and_normalised(string text, string expected)
    {
        Assert.True(UserName.TryParse(text, out var name, out _));
        Assert.Equal(expected, name.Value);
    }

    [Theory]
    [InlineData("", "too-short")]
    [InlineData(" \u2003 ", "too-short")]
    [InlineData("a\u0000b", "invalid-character")]
    [InlineData("a\nb", "invalid-character")]
    [InlineData("a\u0085b", "invalid-character")]
    [InlineData("a\u2028b", "invalid-character")]
    [InlineData("a\u202Eb", "invalid-character")]
    [InlineData("a\u2067b", "invalid-character")]
    [InlineData("a\uFFFEb", "invalid-character")]
    public void Invalid_name_is_rejected(string text, string code)
    {
        Assert.False(UserName.TryParse(text, out _, out var error));
        Assert.Equal(code, error.Code);
    }

    [Fact] // an attribute can't hold half a surrogate pair
    public void Half_a_surrogate_pair_is_rejected() => Invalid_name_is_rejected("a\uD83Db", "invalid-character");

    [Fact]
    public void Limit_counts_code_points_of_the_normal_form()
    {
        Assert.True(UserName.TryParse(string.Concat(Enumerable.Repeat("👩", 200)), out _, out _));
        Assert.True(UserName.TryParse(string.Concat(Enumerable.Repeat("e\u0301", 200)), out _, out _));
        Assert.False(UserName.TryParse(new string('a', 201), out _, out var error));
        Assert.Equal("too-long", error.Code);
    }

    [Fact]
    public void Every_text_is_a_name_in_normal_form_or_has_an_error_and_none_throws() => Gen.String.Sample(text =>
    {
        Assert.True(UserName.TryParse(text, out var name, out var error) ? name.Value.IsNormalized(NormalizationForm.FormC) : error.Code.Length > 0);
    });
}
