using System.CommandLine;
using Ardalis.Result;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Hosting;

namespace CleanUsers.WebApi.Commands;

/// <summary>
/// Erases deleted users: one, as DELETE of a deleted user does, or all whose retention time is over, as the service does in the background.
/// </summary>
internal sealed class UsersPurgeCommand : ServiceCommand
{
    public UsersPurgeCommand()
        : base(
            "purge",
            "Erases a deleted user for good, or all deleted users whose retention time is over. A user that is not deleted is rejected.",
            "users purge 1")
    {
        var id = new Argument<string?>("id") { Description = "The id of a deleted user.", Arity = ArgumentArity.ZeroOrOne };
        var expired = new Option<bool>("--expired") { Description = "All users that were deleted longer ago than Retention:DeletedUsersDays." };
        Add(id);
        Add(expired);
        Validators.Add(typed =>
        {
            if (typed.GetValue(id) is null != typed.GetValue(expired)) typed.AddError("Either an ID or --expired is required, and not both.");
        });
        SetAction((typed, ct) => typed.GetValue(expired) ? PurgeExpiredAsync(ct) : PurgeAsync(new CommandInput(typed), id, ct));
    }

    private static Task<int> PurgeAsync(CommandInput input, Argument<string?> id, CancellationToken ct)
    {
        var command = new PurgeUserCommand(input.Id(id), VersionCondition.None);
        return input.ExecuteAsync<PurgeUser, PurgeUserCommand, Result>(
            command,
            async purgeUser => await purgeUser.ExecuteAsync(command, ct),
            _ => Console.Out.WriteLineAsync($"User {command.Id} was erased."),
            explainNotFound: getUser => IfNotDeletedAsync(
                getUser, command.Id, $"User {command.Id} is not deleted. Delete it first: users delete {command.Id}.", ct));
    }

    private static Task<int> PurgeExpiredAsync(CancellationToken ct) => CommandHost.RunAsync(async services =>
    {
        if (services.GetRequiredService<Retention>().Time is null)
        {
            ErrorOutput.WriteLine("--expired: Deleted users never expire, because Retention:DeletedUsersDays is not set.");
            return CommandLine.Rejected;
        }

        await Console.Out.WriteLineAsync($"{await services.GetRequiredService<PurgeExpiredUsers>().ExecuteAsync(ct)} users were erased.");
        return 0;
    });
}
