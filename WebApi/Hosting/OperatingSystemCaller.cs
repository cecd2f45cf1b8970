using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;

namespace CleanUsers.WebApi.Hosting;

/// <summary>The user who runs the command: <c>cli:</c> and their name in the operating system.</summary>
internal sealed class OperatingSystemCaller : ICaller
{
    public const string Prefix = "cli:";

    public string Name { get; } = Of(Environment.UserName);

    public bool IsAnonymous => false;

    /// <summary>True: who can run a command can read the database.</summary>
    public bool Has(string scope) => true;

    public static string Of(string user) => $"{Prefix}{user}".ToPlainLine(User.ActorMaxLength);
}
