using System.CommandLine;
using CleanUsers.Application.ApiKeys;
using CleanUsers.WebApi.Security;

namespace CleanUsers.WebApi.Commands;

/// <summary>Creates an API key, as POST does.</summary>
internal sealed class KeysCreateCommand : ServiceCommand
{
    public KeysCreateCommand()
        : base(
            "create", "Creates an API key and prints it, this once: the key alone, for a script to take.",
            "keys create --name billing --scope users.read --scope changes.read --expires-at 2027-01-01T00:00:00Z")
    {
        var name = new Option<string?>("--name") { Description = "What the key is for, 1 to 200 characters; required." };
        var scope = new Option<string[]>("--scope")
        {
            Description = $"What it allows, once or several times: {string.Join(", ", Scopes.All)}.",
            Required = true,
        };
        scope.Validators.Add(typed =>
        {
            if (Scopes.Parse(typed.GetValueOrDefault<string[]>()).Error is { } error) typed.AddError($"{scope.Name}: {error.Detail}");
        });
        var expiresAt = new Option<string?>("--expires-at") { Description = "When it expires, such as 2027-01-31T12:00:00Z; never by default." };
        var json = JsonOption();
        AddOptions(name, scope, expiresAt, json);
        SetAction((typed, ct) =>
        {
            var input = new CommandInput(typed);
            var command = new CreateApiKeyCommand(
                input.Text(name).Then(ApiKeyInput.ParseName), Scopes.Parse(typed.GetValue(scope)),
                input.Text(expiresAt).Then(ApiKeyInput.ParseExpiresAt));
            return input.ExecuteAsync<CreateApiKey, CreateApiKeyCommand, CreatedApiKeyDto>(
                command, createKey => createKey.ExecuteAsync(command, ct), key => KeyPrinting.PrintAsync(key, input.IsSet(json)), migrates: true);
        });
    }
}
