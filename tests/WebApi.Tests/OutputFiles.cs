using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using CleanUsers.WebApi.Commands.Files;

namespace CleanUsers.WebApi.Tests;

/// <summary>What a command writes to, where there is something with that name already.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutputFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cleanusers-output-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Symbolic_link_stays_one_and_its_file_keeps_its_permissions()
    {
        var (file, link) = (Path.Combine(_folder, "file"), Path.Combine(_folder, "link"));
        await File.WriteAllTextAsync(file, "before", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(link, file);

        await WriteAsync(link);
        Assert.Equal("after", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal(file, new FileInfo(link).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task File_that_others_may_not_read_is_not_readable_while_it_is_written()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "before", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await OutputFile.WriteAsync(file, _ =>
        {
            Assert.All(Directory.GetFiles(_folder), path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
            Assert.Equal(2, Directory.GetFiles(_folder).Length);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Pipe_is_written_and_stays_one()
    {
        var pipe = Path.Combine(_folder, "pipe");
        using (var make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var reader = Process.Start(new ProcessStartInfo("cat", [pipe]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        await WriteAsync(pipe).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("after", await reader.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal([pipe], Directory.GetFiles(_folder));
    }

    private static Task WriteAsync(string path) => OutputFile.WriteAsync(path, stream => stream.WriteAsync(Encoding.UTF8.GetBytes("after")).AsTask());
}
