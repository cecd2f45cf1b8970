using CleanUsers.Application.Ports;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;

namespace CleanUsers.WebApi.Commands;

/// <summary>Whoever runs the command: <c>cli:</c> and the name that the operating system has for them.</summary>
internal sealed class OperatingSystemCaller : ICaller
{
    public string Name { get; } = Of(Environment.UserName);

    public static string Of(string user) => $"cli:{user}".ToPlainLine(User.ActorMaxLength);
}
