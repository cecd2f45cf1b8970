using Ardalis.Result;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Revokes an API key, as DELETE does.</summary>
internal sealed class KeysRevokeCommand : ServiceCommand
{
    public KeysRevokeCommand()
        : base("revoke", "Revokes an API key: a running service rejects it after ApiKeys:CacheSeconds at the latest.", "keys revoke 1")
    {
        var id = IdArgument("The id of the API key.");
        Add(id);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var command = new RevokeApiKeyCommand(input.Id(id), VersionCondition.None);
            return input.ExecuteAsync<RevokeApiKey, RevokeApiKeyCommand, Result>(
                command,
                async revokeKey => await revokeKey.ExecuteAsync(command, ct),
                _ => Console.Out.WriteLineAsync($"API key {command.Id} was revoked."));
        });
    }
}
