using CleanUsers.WebApi.Commands;

namespace CleanUsers.WebApi.Tests;

/// <summary>The names of the program's commands, from their classes, so that tests of every command include a new one.</summary>
internal static class ProgramCommands
{
    private static readonly IReadOnlyList<ServiceCommand> All =
    [
        .. typeof(ServiceCommand).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ServiceCommand)) && !type.IsAbstract)
            .Select(type => type.GetConstructors().Single())
            .Select(constructor => (ServiceCommand)constructor.Invoke(new object?[constructor.GetParameters().Length])),
    ];

    public static IReadOnlyList<string> OfUsers { get; } =
        [.. All.OfType<UsersCommand>().Single().Subcommands.Select(command => command.Name)];

    public static IReadOnlyList<string> OfKeys { get; } =
        [.. All.OfType<KeysCommand>().Single().Subcommands.Select(command => command.Name)];

    public static IReadOnlyList<string> OfProgram { get; } =
        [.. All.Select(command => command.Name).Except(All.SelectMany(command => command.Subcommands).Select(command => command.Name))];
}
