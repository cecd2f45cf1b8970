using System.Text;
using CleanUsers.WebApi.Commands.Files;
using CsCheck;

namespace CleanUsers.WebApi.Tests;

/// <summary>The counts of an import add up to the lines of the file, blank ones included.</summary>
[Collection(nameof(InProcess))]
public sealed class BlankLines : IDisposable
{
    private const string User = """{"email":"ada@example.org"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "users.ndjson",
        $"\n{User}\n  \n\t\r\n{User}\nno JSON\n \n",
        """{"added":1,"replaced":0,"unchanged":0,"alreadyThere":1,"refused":1,"blank":4}""")]
    [InlineData(
        "users.csv",
        "\n\r\nemail\n\nada@example.org\n\n\nada@example.org\nnone\n\n",
        """{"added":1,"replaced":0,"unchanged":0,"alreadyThere":1,"refused":1,"blank":6}""")]
    [InlineData("users.csv", "email\n\n", """{"added":0,"replaced":0,"unchanged":0,"alreadyThere":0,"refused":0,"blank":1}""")]
    public async Task They_are_counted_by_an_import(string file, string text, string counts)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, file), text, Ct);
        Assert.Equal(0, (await InProcess.RunAsync(_folder, [], "migrate")).Code);
        Assert.Equal(counts, (await InProcess.RunAsync(_folder, [], "users", "import", file, "--dry-run", "--json")).Output.TrimEnd());
    }

    [Theory]
    [InlineData(UserFile.Ndjson, "", User)]
    [InlineData(UserFile.Csv, "email,name", "ada@example.org,Ada")]
    public async Task Every_line_is_a_user_or_rejected_or_blank(string format, string header, string user)
    {
        string[] parts = ["\n", "\r\n", "\n\n", $"{user}\n", $"{user}\r\n", "x\n", "\"x\n", user];
        await Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 12].SampleAsync(async pieces =>
        {
            var text = (header.Length > 0 ? $"{header}\n" : "") + string.Concat(pieces);
            var expected = -(header.Length > 0 ? 1 : 0);
            using (var reader = new StringReader(text)) while (await reader.ReadLineAsync(Ct) is not null) expected++;
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
            var lines = await UserFile.Of(format, null).ReadAsync(stream, whole: false, Ct).ToListAsync(Ct);
            Assert.Equal(expected, lines.Count);
        }, iter: 1000);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
