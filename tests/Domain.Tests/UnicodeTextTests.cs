using System.Text;

namespace CleanUsers.Domain.Tests;

public sealed class UnicodeTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Ada Lovelace")]
    [InlineData("\u0622\u200c\u0632\u0627\u062F")] // a zero-width non-joiner belongs to Persian names
    [InlineData("\U0001F469\u200D\U0001F680")]
    public void Plain_text_is_unchanged(string text)
    {
        Assert.True(text.IsPlainLine());
        Assert.Equal(text, text.ToPlainLine(100));
    }

    public static TheoryData<string, string> Unsafe => new()
    {
        { "a\0b", "a b" },
        { "a\r\nb", "a  b" },
        { "a\u001b[31mb", "a [31mb" },
        { "a\u0085b", "a b" },
        { "a\u2028b", "a b" },
        { "a\u202Eb", "a\uFFFDb" },
        { "a\u2066b", "a\uFFFDb" },
        { "a\uFFFEb", "a\uFFFDb" },
        { "a\uD83Db", "a\uFFFDb" },
        { "a\uDE00", "a\uFFFD" },
    };

    [Theory]
    [MemberData(nameof(Unsafe), DisableDiscoveryEnumeration = true)] // half surrogate pairs do not survive the serialisation of test cases
    public void Unsafe_text_is_detected_and_made_plain(string text, string plain)
    {
        Assert.False(text.IsPlainLine());
        Assert.Equal(plain, text.ToPlainLine(100));
    }

    [Fact]
    public void Any_text_becomes_plain_and_is_cut_between_code_points()
    {
        var random = new Random(20260101);
        for (var i = 0; i < 2000; i++)
        {
            var text = new StringBuilder();
            while (text.Length < 12)
                text.Append((char)random.Next(random.Next(4) == 0 ? 0x10000 : 0x80)).Append(random.Next(3) == 0 ? "\U0001F600" : "");
            var plain = text.ToString().ToPlainLine(random.Next(13));
            Assert.True(plain.IsPlainLine(), text.ToString());
        }

        Assert.Equal("ab", "ab\U0001F600".ToPlainLine(3));
        Assert.Equal("ab\U0001F600", "ab\U0001F600".ToPlainLine(4));
    }
}
