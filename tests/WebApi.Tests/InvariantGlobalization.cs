namespace CleanUsers.WebApi.Tests;

/// <summary>A runtime without Unicode's normal forms: an address that it stored would be another address on other machines.</summary>
public sealed class InvariantGlobalization : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Theory]
    [InlineData("serve")]
    [InlineData("migrate")]
    public async Task Start_ends_with_one_line_and_78(string command)
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
