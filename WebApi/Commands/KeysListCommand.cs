using CleanUsers.Application;
using CleanUsers.Application.ApiKeys;

namespace CleanUsers.WebApi.Commands;

/// <summary>Shows a page of API keys, as GET does.</summary>
internal sealed class KeysListCommand : ServiceCommand
{
    public KeysListCommand()
        : base("list", "Prints a page of API keys, newest first, and the cursor of the next one.", "keys list --json")
    {
        var (pageSize, cursor, json) = (PageSizeOption(), CursorOption(), JsonOption());
        AddOptions(pageSize, cursor, json);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var query = new ListApiKeysQuery(
                input.PageSize(pageSize),
                input.Text(cursor).Then(Cursor.Parse));
            return input.ExecuteAsync<ListApiKeys, ListApiKeysQuery, Page<ApiKeyDto>>(
                query, listKeys => listKeys.ExecuteAsync(query, ct), page => KeyPrinting.PrintAsync(page, input.IsSet(json)));
        });
    }
}
