using System.Text.Json.Nodes;
using CleanUsers.WebApi.Scim;
using CleanUsers.WebApi.Scim.Filters;

namespace CleanUsers.WebApi.Tests;

public sealed class ScimFilterText
{
    private const string Enterprise = ScimSchema.EnterpriseUrn;

    public static TheoryData<string, string> Spellings => new()
    {
        { "userName eq \"a\"", "USERNAME EQ \"a\"" },
        { "userName eq \"a\"", $"{ScimSchema.Core}:userName eq \"a\"" },
        { "userName eq \"a\"", " ( userName  eq   \"a\" ) " },
        { "userName eq \"a\"", "userName eq \"\\u0061\"" },
        { $"{Enterprise}:department pr", $"{Enterprise.ToUpperInvariant()}:DEPARTMENT PR" },
        { "emails[type eq \"work\" and value eq \"a\"]", "emails[type eq \"work\"].value eq \"a\"" },
        { "emails[type eq \"work\"]", "emails[ type eq \"work\" ]" },
        { "(userName pr and active eq true) or title pr", "userName pr and active eq true or title pr" },
        { "title pr or (userName pr and active eq true)", "title pr or userName pr and active eq true" },
        { "not (userName eq \"a\")", "userName ne \"a\"" },
        { "not (userName eq \"a\")", "not(userName eq \"a\")" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Two_spellings_of_a_filter_are_one(string one, string other) =>
        Assert.Equal(ScimFilterParser.Parse(one), ScimFilterParser.Parse(other), Same);

    public static TheoryData<string> NoFilters =>
    [
        "", " ", "userName", "userName eq", "userName eq ", "userName eq a", "userName eq \"a", "userName eq \"\\ud800\"", "userName eq 'a'",
        "userName is \"a\"", "userName eq \"a\" and", "and userName pr", "userName pr userName pr", "(userName pr", "userName pr)", "not userName pr",
        "userName eq {}", "userName eq []", "emial pr", "userName.x pr", "emails[type eq \"work\"", "emails[]", "userName[type pr]",
        "emails[emails pr]", "userName eq \"\\ufffe\"",
        "emails[type eq \"work\"].", "emails[type eq \"work\"].emial eq \"a\"", "schemas[value pr]", "urn:x:User:userName pr", "userName eq \"a\"]",
        "emails[type eq \"work\"]x",
    ];

    [Theory]
    [MemberData(nameof(NoFilters))]
    public void Text_that_is_no_filter_is_invalidFilter(string text)
    {
        var error = Assert.Throws<InvalidScimException>(() => ScimFilterParser.Parse(text));
        Assert.Equal(ScimErrorType.InvalidFilter, error.Type);
        Assert.StartsWith("The filter is not valid at character ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("userName pr and", "at character 16: the name of an attribute is expected.")]
    [InlineData("userName pr xor title pr", "at character 13: it must end there.")]
    public void Error_names_the_place_and_what_is_expected(string text, string end) =>
        Assert.EndsWith(end, Assert.Throws<InvalidScimException>(() => ScimFilterParser.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("eq", "12:00:00.1225Z", false)]
    [InlineData("gt", "12:00:00.1225Z", true)]
    [InlineData("gt", "12:00:00.123Z", false)]
    [InlineData("ge", "12:00:00.1235Z", false)]
    [InlineData("lt", "12:00:00.1235Z", true)]
    [InlineData("le", "12:00:00.1225Z", false)]
    [InlineData("le", "12:00:00.123Z", true)]
    public void Time_is_compared_with_a_finer_one_exactly(string comparison, string time, bool matches)
    {
        var user = JsonNode.Parse("""{"meta":{"created":"2026-01-31T12:00:00.123Z"}}""")!.AsObject();
        var filter = ScimFilterParser.Parse($"meta.created {comparison} \"2026-01-31T{time}\"");
        Assert.Equal(matches, ScimEvaluator.Matches(filter, user));
    }

    /// <summary>What a value that is compared with itself meets.</summary>
    public static TheoryData<string, bool> ComparisonsWithItself => new()
    {
        { "eq", true }, { "ge", true }, { "le", true }, { "gt", false }, { "lt", false },
    };

    [Theory]
    [MemberData(nameof(ComparisonsWithItself))]
    public void Address_is_equal_to_itself_by_every_comparison(string comparison, bool matches)
    {
        const string Address = "Idn@B\u00fccher.example";
        var user = JsonNode.Parse($$"""{"userName":"{{Address}}","emails":[{"value":"{{Address}}","type":"work"}]}""")!.AsObject();
        foreach (var attribute in (string[])["userName", "emails", "emails.value", "emails[type eq \"work\"].value"])
        {
            foreach (var operand in (string[])[Address, "idn@xn--bcher-kva.EXAMPLE"])
            {
                var filter = ScimFilterParser.Parse($"{attribute} {comparison} \"{operand}\"");
                Assert.True(matches == ScimEvaluator.Matches(filter, user), $"{attribute} {operand}");
            }
        }
    }

    [Fact]
    public void Filter_is_bounded_in_length_depth_and_comparisons()
    {
        string Nested(int depth) => $"{new string('(', depth)}userName pr{new string(')', depth)}";
        string Joined(int terms) => string.Join(" and ", Enumerable.Repeat("userName pr", terms));
        ScimFilterParser.Parse(Nested(ScimFilterParser.MaxDepth));
        ScimFilterParser.Parse(Joined(ScimFilterParser.MaxTerms));
        ScimFilterParser.Parse($"userName eq \"{new string('a', ScimFilterParser.MaxLength - 14)}\"");
        foreach (var text in (string[])[
            Nested(ScimFilterParser.MaxDepth + 1), Joined(ScimFilterParser.MaxTerms + 1), Nested(2000),
            $"userName eq \"{new string('a', ScimFilterParser.MaxLength - 13)}\""])
            Assert.Throws<InvalidScimException>(() => ScimFilterParser.Parse(text));
    }

    /// <summary>A filter with a character more, less or another one is read or rejected, and nothing else.</summary>
    [Fact]
    public void Every_text_near_a_filter_is_read_or_rejected()
    {
        var random = new Random(7);
        string[] texts = [.. Spellings.SelectMany(row => (string[])[row.Data.Item1, row.Data.Item2])];
        const string Characters = "ae\"\\[]().:, \0\ud800\u00e9u0n1-$_";
        for (var i = 0; i < 20_000; i++)
        {
            var text = texts[random.Next(texts.Length)];
            for (var changes = random.Next(1, 4); changes > 0 && text.Length > 0; changes--)
            {
                var at = random.Next(text.Length);
                var inserted = random.Next(2) == 0 ? "" : $"{Characters[random.Next(Characters.Length)]}";
                text = text[..at] + inserted + text[(at + random.Next(2))..];
            }

            _ = Record.Exception(() => ScimFilterParser.Parse(text)) is var outcome;
            Assert.True(outcome is null or InvalidScimException, $"{text}: {outcome}");
            outcome = Record.Exception(() => ScimFilterParser.ParseTarget(text));
            Assert.True(outcome is null or InvalidScimException, $"{text}: {outcome}");
        }
    }

    private static bool Same(ScimExpression one, ScimExpression other) => Describe(one) == Describe(other);

    private static string Describe(ScimExpression filter) => filter switch
    {
        ScimExpression.And(var left, var right) => $"({Describe(left)} and {Describe(right)})",
        ScimExpression.Or(var left, var right) => $"({Describe(left)} or {Describe(right)})",
        ScimExpression.Not(var negated) => $"not {Describe(negated)}",
        ScimExpression.IsPresent(var path) => $"{path} pr",
        ScimExpression.HasValue(var path, var condition) => $"{path}[{Describe(condition)}]",
        ScimExpression.Compare(var path, var comparison, var value) => $"{path} {comparison} {value}",
        _ => throw new NotSupportedException(),
    };
}
