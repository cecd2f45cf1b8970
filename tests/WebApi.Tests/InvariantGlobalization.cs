namespace CleanUsers.WebApi.Tests;

/// <summary>A runtime that does not know Unicode's normal forms: whatever it stored would be another address elsewhere.</summary>
public sealed class InvariantGlobalization : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Theory]
    [InlineData("serve")]
    [InlineData("migrate")]
    public async Task Ends_the_start_with_one_line_that_says_why(string command)
    {
        var (code, output, error) = await OwnProcess.RunAsync(
            _folder, [("Authentication__AllowAnonymous", "true"), ("PORT", "1"), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")], command);
        Assert.Equal((78, ""), (code, output));
        Assert.Equal(
            "Invalid configuration: DOTNET_SYSTEM_GLOBALIZATION_INVARIANT is in force (allowed: false, with ICU installed: "
            + "the service compares names and addresses by Unicode's normal form).\n",
            error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
