using System.CommandLine;
using System.Text.Json;
using Ardalis.Result;
using CleanUsers.Application;
using CleanUsers.Application.Users;
using CleanUsers.Infrastructure;
using CleanUsers.WebApi.Hosting;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using FluentValidation;

namespace CleanUsers.WebApi.Commands;

/// <summary>
/// What was typed, read as strictly as a request is. All errors are reported at once, each in a line of standard error that begins with the
/// option's name.
/// </summary>
internal sealed class CommandInput(ParseResult typed)
{
    private readonly List<string> _errors = [];

    public Parsed<string?> Text(Option<string?> option) => typed.GetValue(option);

    public bool IsSet(Option<bool> option) => typed.GetValue(option);

    public Parsed<long?> WholeNumber(Option<string?> option) => Text(option).Then(text =>
        text is null ? (long?)null
        : WholeNumbers.TryParse(text, out var number) ? (long?)number
        : Reject<long?>($"{option.Name}: '{text}' is not a whole number."));

    /// <param name="option">Absent if it was not typed.</param>
    /// <param name="clear">An option that is typed instead, and stands for null.</param>
    public Optional<Parsed<string?>> OptionalText(Option<string?> option, Option<bool>? clear = null) =>
        IsTyped(option, clear) ? new(Text(option)) : default;

    /// <inheritdoc cref="OptionalText"/>
    public Optional<Parsed<long?>> OptionalWholeNumber(Option<string?> option, Option<bool> clear) =>
        IsTyped(option, clear) ? new(WholeNumber(option)) : default;

    public Parsed<int> PageSize(Option<string?> option) =>
        WholeNumber(option).Then(size => PageSizes.Parse(size ?? PageSizes.Default));

    /// <summary>The version that the user must have; without the option, any.</summary>
    public VersionCondition Condition(Option<string?> ifVersion) =>
        WholeNumber(ifVersion) is { Error: null, Value: { } version } ? new(OneOf: new HashSet<long> { version }) : VersionCondition.None;

    /// <summary>A positive number.</summary>
    public long Id(Argument<string?> argument)
    {
        var text = typed.GetRequiredValue(argument);
        if (IdConstraint.TryParse(text!, out var id)) return id;
        _errors.Add($"{argument.Name.ToUpperInvariant()}: '{text}' is not an id: ids are whole numbers from 1.");
        return 0;
    }

    /// <summary>Runs the use case if the input can be accepted, and prints its result.</summary>
    /// <param name="command">The use case's command, for its rules.</param>
    /// <param name="useCase">Runs it.</param>
    /// <param name="print">Writes a success to standard output.</param>
    /// <param name="migrates">Whether the schema is created first, if the configuration has the service do that.</param>
    /// <param name="explainNotFound">Why the use case did not find the user; null if there is no more to it.</param>
    /// <returns>The exit code.</returns>
    public Task<int> ExecuteAsync<TUseCase, TCommand, T>(
        TCommand command, Func<TUseCase, Task<Result<T>>> useCase, Func<T, Task> print, bool migrates = false,
        Func<GetUser, Task<string?>>? explainNotFound = null)
        where TUseCase : notnull => CommandHost.RunAsync(async services =>
        {
            if (services.GetService<IValidator<TCommand>>() is { } rules) _errors.AddRange(Describe(rules.Validate(command).ToErrors()));
            if (_errors.Count > 0) return Report(_errors);
            if (migrates) await services.MigrateOnStartupAsync();
            var result = await useCase(services.GetRequiredService<TUseCase>());
            if (result.Status == ResultStatus.NotFound && explainNotFound is not null
                && await explainNotFound(services.GetRequiredService<GetUser>()) is { } reason) return Report([reason]);
            if (!result.IsSuccess)
                return Report(result.Status == ResultStatus.Invalid ? Describe(result.ValidationErrors) : [Failure.Of(result).Detail]);
            await print(result.Value);
            return 0;
        });

    private bool IsTyped(Option<string?> option, Option<bool>? clear) =>
        typed.GetResult(option) is not null || (clear is not null && typed.GetValue(clear));

    private static IEnumerable<string> Describe(IEnumerable<ValidationError> errors) =>
        errors.Select(error => $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(error.Identifier)}: {error.ErrorMessage}");

    private static int Report(IEnumerable<string> errors)
    {
        foreach (var error in errors) ErrorOutput.WriteLine(error);
        return CommandLine.Rejected;
    }

    private Parsed<T> Reject<T>(string error)
    {
        _errors.Add(error);
        return Parsed.Rejected<T>(new ShapeError("wrong-type", error));
    }
}
