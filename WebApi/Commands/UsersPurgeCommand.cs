using System.CommandLine;
using Ardalis.Result;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Erases a user that is in the bin, as DELETE on the bin does.</summary>
internal sealed class UsersPurgeCommand : ServiceCommand
{
    public UsersPurgeCommand()
        : base("purge", "Erases a deleted user for good; one that is not in the bin is refused.", "users purge 1")
    {
        var id = new Argument<string>("id") { Description = "Of a user in the bin." };
        Add(id);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var command = new PurgeUserCommand(input.Id(id), VersionCondition.None);
            return input.AnswerAsync<PurgeUser, PurgeUserCommand, Result>(
                command,
                async purgeUser => await purgeUser.ExecuteAsync(command, ct),
                _ => Console.Out.WriteLineAsync($"User {command.Id} is erased."));
        });
    }
}
