using System.CommandLine;

namespace CleanUsers.WebApi.Commands;

/// <summary>A command of the program.</summary>
/// <param name="name">What is typed.</param>
/// <param name="description">What it does, for <c>--help</c>.</param>
/// <param name="example">How it is typed, without the program's name, for <c>--help</c>.</param>
internal abstract class ServiceCommand(string name, string description, string example) : Command(name, description)
{
    public string Example => example;

    /// <summary>For commands whose result a program may read.</summary>
    protected static Option<bool> JsonOption() => new("--json") { Description = "Prints the JSON that HTTP would answer." };
}
