using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using CleanUsers.Application.Ports;
using CleanUsers.WebApi.Commands.Files;
using CleanUsers.WebApi.Hosting;

namespace CleanUsers.WebApi.Commands;

/// <summary>Finds and runs the command that the arguments name, and maps its outcome to an exit code.</summary>
internal static class CommandLine
{
    /// <summary>The input was rejected, or a check failed: 1, as in System.CommandLine.</summary>
    public const int Rejected = 1;

    // of sysexits.h
    private const int DatabaseUnavailable = 69; // EX_UNAVAILABLE
    private const int Unexpected = 70; // EX_SOFTWARE
    private const int InputOutput = 74; // EX_IOERR

    private const int Interrupted = 130; // as shells have it: 128 and SIGINT

    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] arguments, params ServiceCommand[] commands)
    {
        try
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false); // in every locale: RFC 8259 section 8.1
            return await ParseAndRunAsync(arguments, commands);
        }
        catch (OperationCanceledException)
        {
            ErrorOutput.WriteLine("Interrupted.");
            return Interrupted;
        }
        catch (RejectedFileException exception)
        {
            ErrorOutput.WriteLine(exception.Message);
            return Rejected;
        }
        catch (ConfigurationException exception)
        {
            foreach (var error in exception.Errors) ErrorOutput.WriteLine(error);
            return ConfigurationException.ExitCode;
        }
        catch (AddressUnavailableException exception)
        {
            ErrorOutput.WriteLine(exception.Message);
            return AddressUnavailableException.ExitCode;
        }
        catch (IncompatibleSchemaException exception)
        {
            ErrorOutput.WriteLine(exception.Message);
            return ConfigurationException.ExitCode; // the configuration names a database that is not this program's
        }
        catch (DatabaseUnavailableException exception)
        {
            ErrorOutput.WriteLine(OnOneLine(exception.Message));
            return DatabaseUnavailable;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ErrorOutput.WriteLine($"A file or stream can't be read or written: {OnOneLine(exception.Message)}");
            return InputOutput;
        }
        catch (Exception exception) // of any type: the runtime would write a stack, and end with the code of SIGABRT
        {
            ErrorOutput.WriteLine($"Unexpected error: {OnOneLine(exception.GetBaseException().Message)}");
            return Unexpected;
        }
    }

    private static async Task<int> ParseAndRunAsync(string[] arguments, ServiceCommand[] commands)
    {
        var root = new RootCommand("A users service: a REST API over a directory of users. Without a command, it runs serve.");
        root.SetAction(_ => Rejected); // never runs; without it, an unknown command would also be reported as a missing one
        foreach (var command in commands) root.Add(command);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExample((HelpAction)help.Action!);

        // no response files: a setting may begin with an @
        var parsed = root.Parse(WithCommand(root, arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors) ErrorOutput.WriteLine(error.Message);
            return Rejected;
        }

        // the host listens to SIGTERM itself, and takes longer than System.CommandLine would wait
        var timeout = parsed.CommandResult.Command is ServeCommand ? (TimeSpan?)null : TerminationTimeout;
        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = timeout });
    }

    /// <summary>
    /// Decided by the first argument alone, so that no value of a setting can pass for a command: none, or a setting, means
    /// <see cref="ServeCommand"/>.
    /// </summary>
    private static string[] WithCommand(RootCommand root, string[] arguments) =>
        arguments is [] || (ServeCommand.IsSetting(arguments[0]) && !root.Options.Any(option => IsNamed(option, arguments[0])))
            ? [ServeCommand.CommandName, .. arguments]
            : arguments;

    private static bool IsNamed(Option option, string name) => option.Name == name || option.Aliases.Contains(name);

    /// <summary>Drivers write messages of several lines, which are easier to read without escapes.</summary>
    private static string OnOneLine(string message) => message.ReplaceLineEndings(" ");

    private sealed class HelpWithExample(HelpAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => usual.ClearsParseErrors;

        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            if (parseResult.CommandResult.Command is ServiceCommand command)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(
                    $"Example:{Environment.NewLine}  {RootCommand.ExecutableName} {command.Example}{Environment.NewLine}");
            }

            return code;
        }
    }
}
