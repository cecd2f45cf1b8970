using Spectre.Console;

namespace CleanUsers.WebApi.Commands;

/// <summary>Standard error. Nothing else writes to it, so that every error is one line and no terminal obeys what an error repeats.</summary>
internal static class ErrorOutput
{
    public static bool IsTerminal => !Console.IsErrorRedirected;

#pragma warning disable RS0030 // banned everywhere but here

    public static void WriteLine(string message) => Console.Error.WriteLine(TerminalText.Escape(message));

    /// <summary>For a progress bar, which needs control sequences of its own. What else goes there must be escaped before.</summary>
    public static IAnsiConsole CreateTerminal() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

#pragma warning restore RS0030
}
