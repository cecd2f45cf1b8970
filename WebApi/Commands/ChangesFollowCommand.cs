using System.CommandLine;
using System.Text;
using System.Text.Json;
using Ardalis.Result;
using CleanUsers.Application;
using CleanUsers.Application.Changes;
using CleanUsers.WebApi.Commands.Files;
using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Commands;

/// <summary>
/// Prints the changes of all users, and goes on with new ones as they are made. The cursor is stored after the changes before it were written: if the
/// command ends in between, the next one prints them again, and leaves none out.
/// </summary>
internal sealed class ChangesFollowCommand : ServiceCommand
{
    /// <summary>Between two looks for new changes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public ChangesFollowCommand()
        : base(
            "follow", "Prints the changes of all users as lines of JSON, oldest first, and waits for new ones until it is stopped.",
            "changes follow --cursor-file changes.cursor")
    {
        var file = new Option<FileInfo?>("--cursor-file") { Description = "Holds the place in the feed; if it exists, the command goes on there." };
        var from = new Option<string?>("--from")
        {
            Description = $"Where to begin without a cursor file: {FeedCursor.FromStart} or {FeedCursor.Now}.",
            DefaultValueFactory = _ => FeedCursor.FromStart,
        };
        from.Validators.Add(typed =>
        {
            if (typed.GetValueOrDefault<string>() is not (FeedCursor.FromStart or FeedCursor.Now))
                typed.AddError($"{from.Name}: From must be {FeedCursor.FromStart} or {FeedCursor.Now}.");
        });
        var untilEnd = new Option<bool>("--until-end") { Description = "Ends at the end of the feed instead of waiting." };
        AddOptions(file, from, untilEnd);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var path = typed.GetValue(file)?.FullName;
            var query = new ListChangesQuery(
                FeedCursor.Parse(Stored(path) ?? typed.GetValue(from)), PageSizes.Max);
            return input.ExecuteAsync<ListChanges, ListChangesQuery, Page<FeedItemDto>>(
                query, listChanges => FollowAsync(listChanges, query, path, input.IsSet(untilEnd), ct), _ => Task.CompletedTask);
        });
    }

    private static string? Stored(string? path)
    {
        if (path is not null && !Directory.Exists(Path.GetDirectoryName(path)))
            throw new RejectedFileException($"'{Path.GetDirectoryName(path)}' is not a directory.");
        if (Directory.Exists(path)) throw new RejectedFileException($"'{path}' is a directory.");
        if (!File.Exists(path)) return null;
        using var reader = new StreamReader(NamedFile.Open(path, FileMode.Open, FileAccess.Read), Encoding.UTF8);
        var text = reader.ReadToEnd().TrimEnd('\r', '\n');
        return FeedCursor.Parse(text).Error is null ? text : throw new RejectedFileException($"'{path}' holds no cursor of the feed.");
    }

    private static async Task<Result<Page<FeedItemDto>>> FollowAsync(
        ListChanges listChanges, ListChangesQuery query, string? path, bool untilEnd, CancellationToken ct)
    {
        while (true)
        {
            var result = await listChanges.ExecuteAsync(query, ct);
            if (!result.IsSuccess) return result;
            var page = result.Value;
            foreach (var item in page.Items)
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(item, WireJson.Type<FeedItemDto>()));
            await Console.Out.FlushAsync(ct);
            StandardOutput.EnsureIsRead();
            if (path is not null && $"{query.Cursor.Value}" != page.NextCursor)
                await OutputFile.WriteAsync(path, stream => stream.WriteAsync(Encoding.UTF8.GetBytes($"{page.NextCursor}\n"), ct).AsTask());
            query = query with { Cursor = FeedCursor.Parse(page.NextCursor) };
            if (page.Items.Count > 0) continue;
            if (untilEnd) return result;
            await Task.Delay(Pause, ct);
        }
    }
}
