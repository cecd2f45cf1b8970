namespace CleanUsers.WebApi.Commands;

/// <summary>What can be done with users without HTTP.</summary>
internal sealed class UsersCommand : ServiceCommand
{
    public UsersCommand()
        : base("users", "Works on users directly in the database, by the rules of the service.", "users list --q ada")
    {
        Add(new UsersCreateCommand());
        Add(new UsersGetCommand());
        Add(new UsersListCommand());
        Add(new UsersImportCommand());
        Add(new UsersExportCommand());
        Add(new UsersPurgeCommand());
        SetAction(_ =>
        {
            ErrorOutput.WriteLine($"What to do with users is missing: {string.Join(", ", Subcommands.Select(command => command.Name))}.");
            return CommandLine.Refused;
        });
    }
}
