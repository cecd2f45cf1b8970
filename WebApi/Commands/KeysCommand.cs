namespace CleanUsers.WebApi.Commands;

/// <summary>What can be done with API keys without HTTP: the first key is made so.</summary>
internal sealed class KeysCommand : ServiceCommand
{
    public KeysCommand()
        : base("keys", "Works on API keys directly in the database.", "keys create --name billing --scope users.read")
    {
        Add(new KeysCreateCommand());
        Add(new KeysListCommand());
        Add(new KeysRevokeCommand());
        RequireSubcommand();
    }
}
