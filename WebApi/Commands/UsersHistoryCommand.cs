using System.CommandLine;
using CleanUsers.Application;
using CleanUsers.Application.Changes;

namespace CleanUsers.WebApi.Commands;

/// <summary>Shows a page of the changes of a user.</summary>
internal sealed class UsersHistoryCommand : ServiceCommand
{
    public UsersHistoryCommand()
        : base("history", "Prints a page of the changes of a user, newest first, and the cursor of the next one.", "users history 1 --json")
    {
        var id = IdArgument();
        var deleted = new Option<bool>("--deleted") { Description = "Of a user in the recycle bin." };
        var (pageSize, cursor, json) = (PageSizeOption(), CursorOption(), JsonOption());
        Add(id);
        AddOptions(deleted, pageSize, cursor, json);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var query = new ListHistoryQuery(
                input.Id(id),
                input.IsSet(deleted),
                input.PageSize(pageSize),
                input.Text(cursor).Then(Cursor.Parse));
            return input.ExecuteAsync<ListHistory, ListHistoryQuery, Page<UserChangeDto>>(
                query, listHistory => listHistory.ExecuteAsync(query, ct), page => UserPrinting.PrintAsync(page, input.IsSet(json)));
        });
    }
}
