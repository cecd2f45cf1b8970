namespace CleanUsers.WebApi.Commands;

/// <summary>What can be done with users without HTTP.</summary>
internal sealed class UsersCommand : ServiceCommand
{
    public UsersCommand()
        : base("users", "Works on users directly in the database, with the same rules as the service.", "users list --q ada")
    {
        Add(new UsersCreateCommand());
        Add(new UsersGetCommand());
        Add(new UsersListCommand());
        Add(new UsersHistoryCommand());
        Add(new UsersUpdateCommand());
        Add(new UsersDeleteCommand());
        Add(new UsersRestoreCommand());
        Add(new UsersPurgeCommand());
        Add(new UsersImportCommand());
        Add(new UsersExportCommand());
        RequireSubcommand();
    }
}
