using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;

namespace CleanUsers.WebApi.Hosting;

/// <summary>The user who runs the command: <c>cli:</c> and their name in the operating system.</summary>
internal sealed class OperatingSystemCaller : ICaller
{
    public string Name { get; } = Of(Environment.UserName);

    public static string Of(string user) => $"cli:{user}".ToPlainLine(User.ActorMaxLength);
}
