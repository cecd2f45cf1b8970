using System.CommandLine;
using System.Text.Json;
using CleanUsers.Application.ApiKeys;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>API keys created, listed and revoked by commands.</summary>
[Collection(nameof(InProcess))]
public sealed class KeyCommands : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Fact]
    public async Task Create_prints_the_key_alone_on_one_line()
    {
        var (code, output, error) = await RunAsync("create", "--name", "Billing", "--scope", "users.read", "--scope", "changes.read");
        Assert.Equal((0, ""), (code, error));
        Assert.True(ApiKeyText.IsWellFormed(output.TrimEnd('\n')));
        var listed = JsonElement.Parse((await RunAsync("list", "--json")).Output).GetProperty("items")[0];
        Assert.Equal(
            ("Billing", """["users.read","changes.read"]""", output[..10], $"cli:{Environment.UserName}"),
            (listed.GetProperty("name").GetString(), listed.GetProperty("scopes").GetRawText(), listed.GetProperty("start").GetString(),
                listed.GetProperty("createdBy").GetString()));
    }

    [Fact]
    public async Task First_key_made_by_command_is_accepted_by_a_service_without_an_issuer_and_JSON_is_that_of_HTTP()
    {
        LongTest.SkipUnlessDemanded();
        var created = JsonElement.Parse((await RunAsync(
            "create", "--name", "First", "--scope", "keys.manage", "--expires-at", "2999-01-01T00:00:00Z", "--json")).Output);
        using var service = await OwnProcess.ServeAsync(_folder, [], "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", created.GetProperty("key").GetString());
        var listed = await client.GetStringAsync(new Uri(service.Address, "/api/v1/api-keys"), TestContext.Current.CancellationToken);
        var key = JsonElement.Parse(listed).GetProperty("items")[0];
        foreach (var member in key.EnumerateObject().Where(member => member.Name is not ("lastUsedAt" or "version")))
            Assert.Equal(member.Value.GetRawText(), created.GetProperty(member.Name).GetRawText());

        Assert.Equal((0, "API key 1 was revoked.\n", ""), await RunAsync("revoke", "1"));
        Assert.Equal((1, "", "API key 1 not found.\n"), await RunAsync("revoke", "1"));
    }

    [Fact]
    public async Task List_is_a_table_and_has_no_key()
    {
        await RunAsync("create", "--name", "Billing", "--scope", "users.read");
        var key = (await RunAsync("create", "--name", "Other", "--scope", "scim", "--expires-at", "2999-01-01T00:00:00Z")).Output.TrimEnd();
        var (code, output, _) = await RunAsync("list", "--page-size", "1");
        Assert.Equal(0, code);
        Assert.Matches(
            @"^ID  START +NAME   SCOPES  LAST USED  EXPIRES +CREATED BY\n2   cuk_\w{6}  Other  scim    never      2999-01-01T00:00:00.000Z  cli:\S+\n"
            + @"Next page: --cursor \S+\n$",
            output);
        Assert.DoesNotContain(key, output, StringComparison.Ordinal);
        Assert.Contains("Billing", (await RunAsync("list", "--cursor", output.Split("--cursor ")[1].TrimEnd())).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create --name Billing", "Option '--scope' is required.")]
    [InlineData(
        "create --name Billing --scope all",
        "--scope: Scopes must have only users.read, users.write, users.restore, users.purge, changes.read, webhooks.manage, keys.manage, scim, "
        + "metrics.read.")]
    [InlineData("create --name Billing --scope scim --scope scim", "--scope: Scopes must have each scope once.")]
    [InlineData(
        "create --scope scim --expires-at 2026-01-01T00:00:00Z", "--name: Name is required.", "--expires-at: ExpiresAt must be in the future.")]
    [InlineData("list --page-size 0 --cursor x", "--page-size: PageSize must be between 1 and 200.",
        "--cursor: Cursor does not belong to this query: start again without it.")]
    [InlineData("revoke x", "ID: 'x' is not an id: ids are whole numbers from 1.")]
    public async Task All_errors_are_printed_each_on_one_line_with_its_option(string typed, params string[] errors)
    {
        var (code, output, error) = await RunAsync(typed.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.Equal(errors, error.TrimEnd().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    public static TheoryData<string> Commands => [.. ProgramCommands.OfKeys];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_keys_command_has_help_with_an_example(string command)
    {
        var (code, output, error) = await RunAsync(command, "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains($"Example:\n  {RootCommand.ExecutableName} keys {command}", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] typed) => InProcess.RunAsync(_folder, [], ["keys", .. typed]);
}
