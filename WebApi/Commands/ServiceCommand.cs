using System.CommandLine;
using CleanUsers.Application;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Commands.Files;

namespace CleanUsers.WebApi.Commands;

/// <summary>A command of the program.</summary>
/// <param name="name">What is typed.</param>
/// <param name="description">What it does, for <c>--help</c>.</param>
/// <param name="example">How it is typed, without the program's name, for <c>--help</c>.</param>
internal abstract class ServiceCommand(string name, string description, string example) : Command(name, description)
{
    public string Example => example;

    /// <summary>For commands that do nothing by themselves.</summary>
    protected void RequireSubcommand() => SetAction(_ =>
    {
        ErrorOutput.WriteLine($"The subcommand is missing: {string.Join(", ", Subcommands.Select(command => command.Name))}.");
        return CommandLine.Rejected;
    });

    protected void AddOptions(params ReadOnlySpan<Option> options)
    {
        foreach (var option in options) Add(option);
    }

    /// <summary>For commands whose result a program may read.</summary>
    protected static Option<bool> JsonOption() => new("--json") { Description = "Prints JSON." };

    /// <summary>For commands on one user.</summary>
    protected static Argument<string?> IdArgument(string description = "The id of the user.") =>
        new("id") { Description = description, Arity = ArgumentArity.ExactlyOne };

    /// <summary>For commands that print a page.</summary>
    protected static Option<string?> PageSizeOption() => new("--page-size")
    {
        Description = $"1 to {PageSizes.Max}.",
        DefaultValueFactory = _ => $"{PageSizes.Default}",
    };

    /// <inheritdoc cref="PageSizeOption"/>
    protected static Option<string?> CursorOption() => new("--cursor") { Description = "The cursor that the previous page printed." };

    /// <summary>For commands that change one user, as <c>If-Match</c> of HTTP.</summary>
    protected static Option<string?> IfVersionOption() => new("--if-version") { Description = "Only if the user has this version." };

    /// <summary>For commands on a deleted user that was not found: the sentence, if the user is there and not deleted.</summary>
    protected static async Task<string?> IfNotDeletedAsync(GetUser getUser, long id, string sentence, CancellationToken ct) =>
        (await getUser.ExecuteAsync(id, ct)).IsSuccess ? sentence : null;

    /// <summary>For commands that read or write a file of users.</summary>
    protected static Option<string?> FormatOption()
    {
        var format = new Option<string?>("--format")
        {
            Description = $"{UserFile.Ndjson} or {UserFile.Csv}; by default by the extension of the file, else {UserFile.Ndjson}.",
        };
        format.Validators.Add(typed =>
        {
            if (typed.GetValueOrDefault<string>() is not (null or UserFile.Ndjson or UserFile.Csv))
                typed.AddError($"{format.Name}: Format must be {UserFile.Ndjson} or {UserFile.Csv}.");
        });
        return format;
    }
}
