using System.Diagnostics;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The tokens for Development, which README.md has the SDK make.</summary>
public sealed class TokensForDevelopment : IDisposable
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <UserSecretsId>CleanUsers</UserSecretsId>
          </PropertyGroup>
        </Project>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    /// <summary>The command rewrites appsettings.Development.json, so the file in the repository is what the command writes, to the byte.</summary>
    [Fact]
    public async Task Making_one_changes_no_file_of_the_repository()
    {
        string[] files = [Path.Combine("Properties", "launchSettings.json"), "appsettings.json", "appsettings.Development.json"];
        var project = Path.Combine(_folder, "WebApi");
        Directory.CreateDirectory(Path.Combine(project, "Properties"));
        foreach (var file in files) File.Copy(Repository.PathOf("WebApi", file), Path.Combine(project, file));
        await File.WriteAllTextAsync(Path.Combine(project, "WebApi.csproj"), Project, TestContext.Current.CancellationToken);

        var readme = await File.ReadAllLinesAsync(Repository.PathOf("README.md"), TestContext.Current.CancellationToken);
        var command = Assert.Single(readme, line => line.TrimStart().StartsWith("dotnet user-jwts create", StringComparison.Ordinal)).Trim();
        await RunAsync(command.Split(' ')[1..]);

        foreach (var file in files)
            Assert.Equal(
                await File.ReadAllTextAsync(Repository.PathOf("WebApi", file), TestContext.Current.CancellationToken),
                await File.ReadAllTextAsync(Path.Combine(project, file), TestContext.Current.CancellationToken));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        start.Environment["APPDATA"] = _folder; // where the key is kept
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{output}{await error}");
        Assert.Equal(3, output.Trim().Split('.').Length);
    }
}
