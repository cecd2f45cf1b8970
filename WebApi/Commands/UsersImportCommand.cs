using System.CommandLine;
using CleanUsers.Application.Transfer;
using CleanUsers.Infrastructure;
using CleanUsers.WebApi.Commands.Files;
using CleanUsers.WebApi.Hosting;

namespace CleanUsers.WebApi.Commands;

/// <summary>Takes users from a file or from standard input.</summary>
internal sealed class UsersImportCommand : ServiceCommand
{
    private const string StandardInput = "-";

    public UsersImportCommand()
        : base(
            "import",
            "Adds the users of a file, with the same rules as HTTP. Existing users are skipped, so it is safe to repeat.",
            "users import users.ndjson --errors rejected.ndjson")
    {
        var file = new Argument<string>("file")
        {
            Description = "Lines of JSON, or CSV; - reads standard input.",
            DefaultValueFactory = _ => StandardInput,
        };
        var format = FormatOption();
        var update = new Option<bool>("--update")
        {
            Description = "Replaces existing users, as PUT does: each line must then have email, role and status.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Changes nothing, and prints what would happen." };
        var errors = new Option<FileInfo?>("--errors") { Description = "A file to which the rejected lines are written, as lines of JSON." };
        var json = JsonOption();
        file.Validators.Add(typed =>
        {
            if (typed.GetValueOrDefault<string>().Length == 0) typed.AddError("FILE: The name of a file must not be empty.");
        });
        Add(file);
        AddOptions(format, update, dryRun, errors, json);
        SetAction(async (typed, ct) =>
        {
            var path = typed.GetRequiredValue(file) is var name && name == StandardInput ? null : name;
            await using var source = path is null ? Console.OpenStandardInput() : NamedFile.Open(path, FileMode.Open, FileAccess.Read);
            await using var rejectedLines = typed.GetValue(errors) is { } target
                ? NamedFile.Open(target.FullName, FileMode.Create, FileAccess.Write, FileShare.None) // not the file that is read
                : null;
            var command = new ImportUsersCommand(typed.GetValue(update), typed.GetValue(dryRun));
            var lines = UserFile.Of(typed.GetValue(format), path).ReadAsync(source, whole: command.Update, ct);
            return await CommandHost.RunAsync(async services =>
            {
                if (!command.DryRun) await services.MigrateOnStartupAsync();
                var counts = await ProgressDisplay.ShowAsync("import", source.CanSeek ? source.Length : null, display =>
                {
                    var soFar = new ImportCounts();
                    return services.GetRequiredService<ImportUsers>().ExecuteAsync(command, lines, Rejected, Progress, ct);

                    void Rejected(RejectedLine line)
                    {
                        foreach (var error in line.ToText()) display.WriteLine(error);
                        rejectedLines?.Write(line.ToJson().Span);
                    }

                    void Progress(ImportCounts batch)
                    {
                        soFar += batch;
                        display.Report(source.CanSeek ? source.Position : 0, $"{soFar.CountLines():N0} lines");
                    }
                });
                await counts.PrintAsync(typed.GetValue(json));
                return counts.Refused > 0 ? CommandLine.Rejected : 0;
            });
        });
    }
}
