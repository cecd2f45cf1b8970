using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Shows one user.</summary>
internal sealed class UsersGetCommand : ServiceCommand
{
    public UsersGetCommand()
        : base("get", "Prints a user.", "users get 1 --json")
    {
        var id = IdArgument();
        var json = JsonOption();
        Add(id);
        Add(json);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var user = input.Id(id);
            return input.ExecuteAsync<GetUser, long, UserDto>(
                user, getUser => getUser.ExecuteAsync(user, ct), found => UserPrinting.PrintAsync(found, input.IsSet(json)));
        });
    }
}
