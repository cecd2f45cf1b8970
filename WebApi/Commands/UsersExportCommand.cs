using System.CommandLine;
using System.Runtime.CompilerServices;
using CleanUsers.Application.Transfer;
using CleanUsers.WebApi.Commands.Files;

namespace CleanUsers.WebApi.Commands;

/// <summary>Writes all users, as they are at one moment, to a file or to standard output.</summary>
internal sealed class UsersExportCommand : ServiceCommand
{
    private const int UsersBetweenReports = 10_000;

    public UsersExportCommand()
        : base("export", "Writes a snapshot of the users as lines of JSON or as CSV.", "users export --output users.ndjson")
    {
        var output = new Option<FileInfo?>("--output", "-o")
        {
            Description = "The file, which appears when it is complete; by default, and with -, standard output.",
        };
        var format = FormatOption();
        var filter = new UserFilterOptions(this);
        Add(output);
        Add(format);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var query = filter.ToQuery<ExportUsersQuery>(input);
            var path = typed.GetValue(output) is { } file && file.ToString() != "-" ? file.FullName : null;
            return input.ExecuteAsync<ExportUsers, ExportUsersQuery, UserExport>(
                query,
                exportUsers => Task.FromResult(exportUsers.Execute(query, ct)),
                export => WriteAsync(export, UserFile.Of(typed.GetValue(format), path), path, ct));
        });
    }

    private static Task<int> WriteAsync(UserExport export, UserFile file, string? path, CancellationToken ct) =>
        ProgressDisplay.ShowAsync("export", end: null, async display =>
        {
            await OutputFile.WriteAsync(path, async stream =>
            {
                if (await export.LacksScimAsync(ct))
                    display.WriteLine("Not exported: what only SCIM has of a user, such as userName and externalId. SCIM has changed users here.");
                await file.WriteAsync(CountAsync(export.Users, path, display, ct), stream, ct);
            });
            if (path is null) StandardOutput.EnsureIsRead();
            return 0;
        });

    private static async IAsyncEnumerable<ExportedUser> CountAsync(
        IAsyncEnumerable<ExportedUser> users, string? path, ProgressDisplay display, [EnumeratorCancellation] CancellationToken ct)
    {
        var count = 0L;
        await foreach (var user in users.WithCancellation(ct))
        {
            if (++count % UsersBetweenReports == 0)
            {
                if (path is null) StandardOutput.EnsureIsRead();
                display.Report(count, $"{count:N0} users");
            }

            yield return user;
        }
    }
}
