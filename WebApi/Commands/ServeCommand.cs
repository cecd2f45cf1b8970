using System.CommandLine;
using System.CommandLine.Parsing;

namespace CleanUsers.WebApi.Commands;

/// <summary>Serves HTTP until it is stopped.</summary>
internal sealed class ServeCommand : ServiceCommand
{
    public const string CommandName = "serve";

    /// <param name="serve">What it does with the settings of the command line, until the end.</param>
    public ServeCommand(Func<string[], Task> serve)
        : base(CommandName, "Serves HTTP until it is stopped. The default.", "serve --urls http://127.0.0.1:5080 --Http:RequireIfMatch=true")
    {
        var settings = new Argument<string[]>("settings")
        {
            Description = "Settings of the host and the service, as --key=value or --key value; they override the environment and the files.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        settings.Validators.Add(RejectInvalidSettings);
        Add(settings);
        SetAction(async (parsed, _) => await serve(parsed.GetValue(settings)!));
    }

    /// <summary>True if an argument can't be the name of a command.</summary>
    public static bool IsSetting(string argument) => argument.StartsWith('-') || argument.Contains('=', StringComparison.Ordinal);

    // ASP.NET Core would pass over most of it in silence
    private static void RejectInvalidSettings(ArgumentResult settings)
    {
        for (var i = 0; i < settings.Tokens.Count; i++)
        {
            var argument = settings.Tokens[i].Value;
            var isKey = argument.StartsWith("--", StringComparison.Ordinal);
            if (argument.Contains('=', StringComparison.Ordinal) && (isKey || !argument.StartsWith('-'))) continue;
            if (!isKey) settings.AddError($"'{argument}' is not a setting. Write settings as --key=value or --key value.");
            else if (++i == settings.Tokens.Count) settings.AddError($"The setting '{argument}' has no value.");
        }
    }
}
