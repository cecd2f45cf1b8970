using System.CommandLine;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Takes a user out of the recycle bin, as PATCH of a deleted user does.</summary>
internal sealed class UsersRestoreCommand : ServiceCommand
{
    public UsersRestoreCommand()
        : base("restore", "Takes a user out of the recycle bin, and prints it.", "users restore 1 --email ada1@example.org")
    {
        var id = IdArgument("The id of a deleted user.");
        var email = new Option<string?>("--email") { Description = "Another email address for the user, where its own is taken." };
        var ifVersion = IfVersionOption();
        var json = JsonOption();
        Add(id);
        AddOptions(email, ifVersion, json);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var command = new RestoreUserCommand(
                input.Id(id), input.Condition(ifVersion), input.OptionalText(email).Map(text => text.Then(UserInput.ParseEmail)));
            return input.ExecuteAsync<RestoreUser, RestoreUserCommand, UserDto>(
                command,
                restoreUser => restoreUser.ExecuteAsync(command, ct),
                user => UserPrinting.PrintAsync(user, input.IsSet(json)),
                explainNotFound: getUser => IfNotDeletedAsync(getUser, command.Id, $"User {command.Id} is not deleted.", ct));
        });
    }
}
