using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The program of the last release, which is built from the commit that <c>tests/Releases</c> names.</summary>
internal static class ReleaseBefore
{
    /// <summary>Builds it, or skips the test where the tests are not in a clone of the repository.</summary>
    /// <param name="folder">For its source and its program.</param>
    /// <returns>The path of the program.</returns>
    public static async Task<string> BuildAsync(string folder, CancellationToken ct)
    {
        var repository = Repository.PathOf();
        Assert.SkipUnless(Path.Exists(Path.Combine(repository, ".git")), "not in a clone of the repository, which has the last release");
        var release = Directory.GetFiles(Path.Combine(repository, "tests", "Releases"), "commit", SearchOption.AllDirectories)
            .MaxBy(file => Version.Parse(Path.GetFileName(Path.GetDirectoryName(file)!)))!;
        var commit = (await File.ReadAllTextAsync(release, ct)).Trim();
        var source = Directory.CreateDirectory(Path.Combine(folder, "release")).FullName;
        using var build = ChildProcess.Start(
            "/bin/bash",
            [
                "-c",
                """
                set -eo pipefail
                git -c safe.directory='*' -C "$1" archive "$2" | tar -x -C "$3"
                dotnet build "$3/WebApi" --output "$3/program" --nologo --verbosity quiet
                """,
                "build", repository, commit, source,
            ],
            source);
        var output = await build.Output.ReadToEndAsync(ct);
        Assert.True(await build.WaitForExitAsync(ct) == 0, $"{commit} can't be built: {output}{await build.Error}");
        return Path.Combine(source, "program", "CleanUsers.WebApi.dll");
    }
}
