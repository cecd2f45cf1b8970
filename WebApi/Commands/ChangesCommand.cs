namespace CleanUsers.WebApi.Commands;

/// <summary>What can be done with the feed of changes without HTTP.</summary>
internal sealed class ChangesCommand : ServiceCommand
{
    public ChangesCommand()
        : base("changes", "Reads the feed of the changes of all users directly from the database.", "changes follow --from now")
    {
        Add(new ChangesFollowCommand());
        RequireSubcommand();
    }
}
