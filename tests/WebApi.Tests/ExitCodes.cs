using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CleanUsers.TestSupport;

namespace CleanUsers.WebApi.Tests;

/// <summary>Exit code 1 means that the input was rejected, and nothing else does: see docs/commands.md.</summary>
[Collection(nameof(InProcess))]
public sealed class ExitCodes : IDisposable
{
    private static readonly (string, string)[] Open = [("Authentication__AllowAnonymous", "true")];

    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-").FullName;

    [Theory]
    [InlineData("--urls=http://127.0.0.1:{0}", "http://127.0.0.1:{0}: address already in use.")]
    [InlineData("--urls=http://localhost:{0}", "http://127.0.0.1:{0}: address already in use.")]
    [InlineData("--urls=http://127.0.0.1:0 --Metrics:Port={0}", "http://[::]:{0}: address already in use.")]
    [InlineData("--urls=http://192.0.2.1:{0}", "http://192.0.2.1:{0}: Cannot assign requested address.")] // RFC 5737: of no machine
    public async Task An_address_that_can_not_be_listened_on_is_71_with_one_line_that_names_it(string settings, string reason)
    {
        LongTest.SkipUnlessDemanded();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        var (code, output, error) = await OwnProcess.RunAsync(_folder, Open, settings.Replace("{0}", port, StringComparison.Ordinal).Split(' '));
        Assert.Equal((71, $"Failed to bind to address {reason.Replace("{0}", port, StringComparison.Ordinal)}\n"), (code, error));
        // no stack, and no background service that failed
        var log = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.DoesNotContain(log, entry => entry.TryGetProperty("exception", out _));
        Assert.DoesNotContain(log, entry => entry.GetProperty("level").GetString() is "Error" or "Critical");
    }

    [Theory]
    [InlineData("openapi")]
    [InlineData("users export")]
    [InlineData("users list")]
    public async Task Output_that_can_not_be_written_is_74(string command)
    {
        LongTest.SkipUnlessDemanded();
        Assert.Equal(0, (await InProcess.RunAsync(_folder, [], "users", "create", "--email", "ada@example.org")).Code);
        Assert.Equal((74, "A file or stream can't be read or written: No space left on device\n"), await RunIntoFullDeviceAsync(command));
    }

    [Fact]
    public async Task A_file_that_can_not_be_written_once_it_is_open_is_74()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "users.ndjson"), """{"email":"none"}""", TestContext.Current.CancellationToken);
        var (code, _, error) = await InProcess.RunAsync(_folder, [], "users", "import", "users.ndjson", "--errors", "/dev/full");
        Assert.Equal(74, code);
        Assert.EndsWith("\nA file or stream can't be read or written: No space left on device : '/dev/full'\n", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users import none.ndjson", "Could not find file '{0}/none.ndjson'.")]
    [InlineData("users import .", "Access to the path '{0}' is denied.")]
    [InlineData("users export --output .", "'{0}' is a directory.")]
    [InlineData("users export --output users.ndjson/x", "Could not find a part of the path '{0}/users.ndjson/x")]
    public async Task A_file_that_can_not_be_opened_is_1(string command, string reason)
    {
        Assert.Equal(0, (await InProcess.RunAsync(_folder, [], "migrate")).Code);
        var (code, output, error) = await InProcess.RunAsync(_folder, [], command.Split(' '));
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith(
            reason.Replace("{0}", _folder, StringComparison.Ordinal), Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>On a process of its own: what is written to the stream of standard output is not seen in this one.</summary>
    private async Task<(int Code, string Error)> RunIntoFullDeviceAsync(string command)
    {
        var start = new ProcessStartInfo("sh", ["-c", $"exec dotnet '{typeof(Program).Assembly.Location}' {command} >/dev/full"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error);
    }
}
