using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The version is written in four places.</summary>
public sealed class Releases
{
    [Fact]
    public async Task Version_of_the_program_is_that_of_the_description_the_changelog_and_the_image()
    {
        var version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        using var description = JsonDocument.Parse(await ReadAsync("WebApi", "OpenApi", "v1.json"));
        Assert.Equal(version, description.RootElement.GetProperty("info").GetProperty("version").GetString());
        Assert.Equal(version, Match("(?<=^## )[0-9.]+", await ReadAsync("CHANGELOG.md")));
        Assert.Equal(version, Match("(?<=image.version=\")[^\"]+", await ReadAsync("Dockerfile")));
    }

    private static Task<string> ReadAsync(params string[] names) =>
        File.ReadAllTextAsync(Repository.PathOf(names), TestContext.Current.CancellationToken);

    private static string Match(string pattern, string text) =>
        Regex.Match(text, pattern, RegexOptions.Multiline, TimeSpan.FromSeconds(30)).Value;
}
