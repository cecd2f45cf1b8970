using CleanUsers.WebApi.Http.Input;

namespace CleanUsers.WebApi.Tests;

/// <summary>RFC 9110 section 8.8.3 for a tag, section 5.6.1 for a list of them.</summary>
public sealed class EntityTagLists
{
    [Theory]
    [InlineData("\"1\"", "1")]
    [InlineData("\"1\",\"2\"", "1 2")]
    [InlineData("  \"1\"\t, \t\"2\"  ", "1 2")]
    [InlineData(",, \"1\",,\"2\" ,", "1 2")] // section 5.6.1.2: empty elements are ignored
    [InlineData("W/\"1\"", "1")]
    [InlineData("\"2\", W/\"1\"", "1 2")]
    [InlineData("\"C:\\\", \"1\"", "1")] // a tag has no escapes
    [InlineData("\"\\\", \"1\"", "1")]
    [InlineData("\"\\\"", "")]
    [InlineData("\"\"", "")]
    [InlineData("\"*\"", "")]
    [InlineData("\"a,b\", \"1\"", "1")]
    [InlineData("\"W/\", \"1\"", "1")]
    [InlineData("\"01\", \"+1\", \"1.0\", \"99999999999999999999\"", "")]
    public void List_of_entity_tags_is_read_as_versions(string header, string versions)
    {
        Assert.True(EntityTags.TryParse(header, TagComparison.Weak, out var tags));
        Assert.False(tags!.Any);
        Assert.Equal(versions, string.Join(' ', tags.Versions.Order()));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"1")]
    [InlineData("1\"")]
    [InlineData("W/1")]
    [InlineData("w/\"1\"")] // section 8.8.3: W is case-sensitive
    [InlineData("W\"1\"")]
    [InlineData("W/ \"1\"")]
    [InlineData("W /\"1\"")]
    [InlineData("W/W/\"1\"")]
    [InlineData("W/")]
    [InlineData("W/*")]
    [InlineData("'1'")]
    [InlineData("\"1\" \"2\"")]
    [InlineData("\"1\"\"2\"")]
    [InlineData("\"1\";\"2\"")]
    [InlineData("\"1\", x")]
    [InlineData("\"C:\\\"\", \"1\"")]
    [InlineData("*, \"1\"")]
    [InlineData("\"1\", *")]
    [InlineData("*, *")]
    [InlineData("**")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",,,")]
    public void Any_other_header_is_malformed(string header) => Assert.False(EntityTags.TryParse(header, TagComparison.Weak, out _));

    [Theory]
    [InlineData("*")]
    [InlineData(" *\t")]
    public void Asterisk_matches_any_version(string header)
    {
        Assert.True(EntityTags.TryParse(header, TagComparison.Weak, out var tags));
        Assert.True(tags!.Any);
    }

    [Fact]
    public void Entity_tag_allows_exactly_the_characters_of_the_grammar()
    {
        var wrong = Enumerable.Range(0, 0x180)
            .Where(c => c != '"')
            .Where(c => EntityTags.TryParse($"\"a{(char)c}\"", TagComparison.Weak, out _) != c is 0x21 or (>= 0x23 and <= 0x7E) or >= 0x80)
            .ToList();
        Assert.Empty(wrong);
    }

    [Fact]
    public void Repeated_header_lines_are_one_list()
    {
        Assert.True(EntityTags.TryParse(new(["\"1\", \"2\"", "W/\"3\""]), TagComparison.Strong, out var tags));
        Assert.Equal([1, 2], tags!.Versions.Order()); // a weak tag never matches strongly
        Assert.False(EntityTags.TryParse(new(["\"1\"", "*"]), TagComparison.Strong, out _));
    }
}
