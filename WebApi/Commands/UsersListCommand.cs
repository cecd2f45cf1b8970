using System.CommandLine;
using CleanUsers.Application;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Shows a page of users, as GET does; all of them are what export is for.</summary>
internal sealed class UsersListCommand : ServiceCommand
{
    public UsersListCommand()
        : base("list", "Prints a page of users, and the cursor of the next one.", "users list --q 'ada exam' --sort -createdAt --page-size 20")
    {
        var filter = new UserFilterOptions(this);
        var sort = new Option<string?>("--sort") { Description = "id, createdAt, updatedAt, email or name; with - before it for descending." };
        var (pageSize, cursor) = (PageSizeOption(), CursorOption());
        var includeTotal = new Option<bool>("--include-total") { Description = "Also counts the users of all pages." };
        var json = JsonOption();
        AddOptions(sort, pageSize, cursor, includeTotal, json);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var query = filter.ToQuery<ListUsersQuery>(input) with
            {
                Sort = input.Text(sort).Then(text => UserSorts.Parse(text, deleted: false)),
                PageSize = input.PageSize(pageSize),
                Cursor = input.Text(cursor).Then(Cursor.Parse),
                IncludeTotal = input.IsSet(includeTotal),
            };
            return input.ExecuteAsync<ListUsers, ListUsersQuery, Page<UserDto>>(
                query, listUsers => listUsers.ExecuteAsync(query, ct), page => UserPrinting.PrintAsync(page, input.IsSet(json)));
        });
    }
}
