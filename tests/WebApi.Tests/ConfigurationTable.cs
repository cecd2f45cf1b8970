using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using CleanUsers.Infrastructure.Persistence;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The table in docs/configuration.md, compared with the options classes: it has every key and every default, and no other key.</summary>
public sealed partial class ConfigurationTable
{
    internal static Dictionary<string, Type> Sections { get; } = new[] { typeof(Program).Assembly, typeof(DatabaseOptions).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.GetField("Section") is { IsLiteral: true })
        .ToDictionary(type => (string)type.GetField("Section")!.GetRawConstantValue()!);

    private static readonly Dictionary<string, string> Table = Row().Matches(File.ReadAllText(Repository.PathOf("docs", "configuration.md")))
        .ToDictionary(row => row.Groups["key"].Value, row => row.Groups["default"].Value.Trim());

    public static TheoryData<string> OptionsSections => [.. Sections.Keys];

    [Theory]
    [MemberData(nameof(OptionsSections))]
    public void Table_has_exactly_the_keys_of_a_section(string section) => Assert.Equal(
        Properties(section).Select(property => $"{section}:{property.Name}").Order(),
        Table.Keys.Where(
            key => key.StartsWith($"{section}:", StringComparison.Ordinal) && key.LastIndexOf(':') == section.Length
                && !key.EndsWith(":*", StringComparison.Ordinal)).Order());

    [Theory]
    [MemberData(nameof(OptionsSections))]
    public void Table_has_the_defaults(string section)
    {
        var options = Activator.CreateInstance(Sections[section]);
        foreach (var property in Properties(section))
        {
            var expected = property.GetValue(options) switch
            {
                null => "", // no default, or one that depends on another key
                "" or IReadOnlyList<string> { Count: 0 } => "^none$",
                IReadOnlyList<string> items => StartsWith(string.Join(", ", items)),
                bool yes => StartsWith(yes ? "true" : "false"),
                var value => StartsWith(string.Create(CultureInfo.InvariantCulture, $"{value}")),
            };
            Assert.Matches(expected, Table[$"{section}:{property.Name}"]);
        }

        static string StartsWith(string value) => $"^`{Regex.Escape(value)}`";
    }

    [Fact]
    public void Options_sections_are_found()
    {
        Assert.Contains("Http", Sections.Keys);
        Assert.Contains("Database", Sections.Keys);
    }

    internal static IEnumerable<PropertyInfo> Properties(string section) => Sections[section].GetProperties().Where(property => property.CanWrite);

    [GeneratedRegex(@"^\| `(?<key>\w+:[\w:*]+)` \|(?<default>[^|]*)\|", RegexOptions.Multiline, matchTimeoutMilliseconds: 30_000)]
    private static partial Regex Row();
}
