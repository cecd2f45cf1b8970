using System.Text.Json.Nodes;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>The command <c>changes follow</c>.</summary>
[Collection(nameof(InProcess))]
public sealed class FollowingChanges : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    private string CursorFile => Path.Combine(_folder, "changes.cursor");

    [Fact]
    public async Task Lines_are_the_items_of_the_feed_and_the_cursor_file_leads_on()
    {
        await CreateAsync("one@example.org");
        await CreateAsync("two@example.org");
        var first = await FollowAsync("--cursor-file", CursorFile);
        Assert.Equal([(1, "created"), (2, "created")], first.Select(item => (item["userId"]!.GetValue<int>(), item["kind"]!.GetValue<string>())));
        Assert.Equal("one@example.org", first[0]["user"]!["email"]!.GetValue<string>());
        Assert.Empty(await FollowAsync("--cursor-file", CursorFile));
        await CreateAsync("three@example.org");
        Assert.Equal(3, Assert.Single(await FollowAsync("--cursor-file", CursorFile))["userId"]!.GetValue<int>());
        Assert.Equal(3, (await FollowAsync()).Length);
        Assert.Empty(await FollowAsync("--from", "now"));
    }

    [Fact]
    public async Task Cursor_of_now_is_stored_without_a_change()
    {
        await CreateAsync("one@example.org");
        Assert.Empty(await FollowAsync("--from", "now", "--cursor-file", CursorFile));
        await CreateAsync("two@example.org");
        Assert.Equal(2, Assert.Single(await FollowAsync("--cursor-file", CursorFile))["userId"]!.GetValue<int>());
    }

    [Fact]
    public async Task More_than_a_page_is_printed_in_order()
    {
        var file = Path.Combine(_folder, "many.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(1, 450).Select(i => $$"""{"email":"u{{i}}@example.org"}"""));
        Assert.Equal(0, (await RunAsync("users", "import", file)).Code);
        Assert.Equal(Enumerable.Range(1, 450), (await FollowAsync()).Select(item => item["userId"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Wrong_input_is_rejected()
    {
        await CreateAsync("one@example.org");
        var (code, output, error) = await RunAsync("changes", "follow", "--from", "yesterday");
        Assert.Equal((1, "", "--from: From must be start or now.\n"), (code, output, error));

        await File.WriteAllTextAsync(CursorFile, "no cursor\n");
        (code, output, error) = await RunAsync("changes", "follow", "--cursor-file", CursorFile, "--until-end");
        Assert.Equal((1, "", $"'{CursorFile}' holds no cursor of the feed.\n"), (code, output, error));
        Assert.Equal("no cursor\n", await File.ReadAllTextAsync(CursorFile));

        Assert.Equal(1, (await RunAsync("changes")).Code);
    }

    [Fact]
    public async Task Command_goes_on_until_it_is_stopped()
    {
        LongTest.SkipUnlessDemanded();
        await CreateAsync("one@example.org");
        using var following = ChildProcess.Start(
            "dotnet", [typeof(Program).Assembly.Location, "changes", "follow", "--cursor-file", CursorFile], _folder);
        Assert.Contains("one@example.org", await following.Output.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await CreateAsync("two@example.org");
        Assert.Contains("two@example.org", await following.Output.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_whose_output_nobody_reads_any_more_ends_and_leaves_no_change_out()
    {
        LongTest.SkipUnlessDemanded();
        await CreateAsync("one@example.org");
        using var following = ChildProcess.Start(
            "bash",
            ["-c", $"dotnet '{typeof(Program).Assembly.Location}' changes follow --cursor-file '{CursorFile}' | head -n 1; exit ${{PIPESTATUS[0]}}"],
            _folder);
        Assert.Contains("one@example.org", await following.Output.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(74, await following.WaitForExitAsync(TestContext.Current.CancellationToken));
        await CreateAsync("two@example.org");
        Assert.Equal(2, (await FollowAsync("--cursor-file", CursorFile))[^1]["userId"]!.GetValue<int>());
    }

    [Fact]
    public async Task Cursor_file_in_a_folder_that_is_not_there_is_rejected_before_anything_is_printed()
    {
        await CreateAsync("one@example.org");
        var folder = Path.Combine(_folder, "nowhere");
        var (code, output, error) = await RunAsync("changes", "follow", "--until-end", "--cursor-file", Path.Combine(folder, "c"));
        Assert.Equal((1, "", $"'{folder}' is not a directory.\n"), (code, output, error));
        (code, output, error) = await RunAsync("changes", "follow", "--until-end", "--cursor-file", _folder);
        Assert.Equal((1, "", $"'{_folder}' is a directory.\n"), (code, output, error));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task CreateAsync(string email) => Assert.Equal(0, (await RunAsync("users", "create", "--email", email)).Code);

    private async Task<JsonNode[]> FollowAsync(params string[] options)
    {
        var (code, output, error) = await RunAsync(["changes", "follow", "--until-end", .. options]);
        Assert.Equal((0, ""), (code, error));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => InProcess.RunAsync(_folder, [], arguments);
}
