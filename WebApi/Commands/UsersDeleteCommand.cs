using Ardalis.Result;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Moves a user to the recycle bin, as DELETE does.</summary>
internal sealed class UsersDeleteCommand : ServiceCommand
{
    public UsersDeleteCommand()
        : base("delete", "Moves a user to the recycle bin: its address is free, and restore brings it back.", "users delete 1")
    {
        var id = IdArgument();
        var ifVersion = IfVersionOption();
        Add(id);
        Add(ifVersion);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var command = new DeleteUserCommand(input.Id(id), input.Condition(ifVersion));
            return input.ExecuteAsync<DeleteUser, DeleteUserCommand, Result>(
                command,
                async deleteUser => await deleteUser.ExecuteAsync(command, ct),
                _ => Console.Out.WriteLineAsync($"User {command.Id} was deleted."));
        });
    }
}
