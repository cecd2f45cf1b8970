using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ardalis.Result;
using CleanUsers.Application;
using CleanUsers.Infrastructure;
using CleanUsers.WebApi.Http;
using FluentValidation;

namespace CleanUsers.WebApi.Commands;

/// <summary>
/// What was typed, read as strictly as a request is: what can't be accepted is remembered, so that all faults are told at once, each in a
/// line of standard error that begins with the option's name.
/// </summary>
internal sealed class CommandInput(ParseResult typed)
{
    private readonly List<(string Option, string Detail)> _faults = [];

    public string? Text(Option<string?> option) => typed.GetValue(option);

    public bool IsSet(Option<bool> option) => typed.GetValue(option);

    public int? WholeNumber(Option<string?> option)
    {
        if (typed.GetValue(option) is not { } text) return null;
        if (WholeNumbers.TryParse(text, out var number)) return WholeNumbers.ToInt(number);
        _faults.Add((option.Name, $"'{text}' is no whole number."));
        return null;
    }

    /// <summary>A positive number; what is none is refused.</summary>
    public long Id(Argument<string?> argument)
    {
        var text = typed.GetRequiredValue(argument);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0) return id;
        _faults.Add((argument.Name.ToUpperInvariant(), $"'{text}' is no id: they are whole numbers from 1."));
        return 0;
    }

    /// <summary>Runs the use case where nothing is to be said against the input, and prints its result.</summary>
    /// <param name="command">The use case's command, for its rules.</param>
    /// <param name="useCase">Runs it.</param>
    /// <param name="print">Writes a success to standard output.</param>
    /// <param name="migrates">Whether the schema is made first, where the configuration has the service do that.</param>
    /// <returns>The exit code.</returns>
    public Task<int> AnswerAsync<TUseCase, TCommand, T>(
        TCommand command, Func<TUseCase, Task<Result<T>>> useCase, Func<T, Task> print, bool migrates = false)
        where TUseCase : notnull => CommandHost.RunAsync(async services =>
        {
            if (services.GetService<IValidator<TCommand>>() is { } rules) Remember(rules.Validate(command).ToFaults());
            if (_faults.Count > 0) return Refuse();
            if (migrates) await services.MigrateOnStartupAsync();
            var result = await useCase(services.GetRequiredService<TUseCase>());
            if (result.IsSuccess)
            {
                await print(result.Value);
                return 0;
            }

            Remember(result.ValidationErrors);
            return Refuse([.. result.Errors.Skip(1).Take(1)]); // a refusal is its code and a sentence, see Application.Errors
        });

    private void Remember(IEnumerable<ValidationError> faults) => _faults.AddRange(faults
        .Select(fault => (Option: $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(fault.Identifier)}", Detail: fault.ErrorMessage))
        .Where(fault => !_faults.Any(shape => shape.Option == fault.Option))
        .ToList());

    private int Refuse(params string[] reasons)
    {
        foreach (var (option, detail) in _faults) ErrorOutput.WriteLine($"{option}: {detail}");
        foreach (var reason in reasons) ErrorOutput.WriteLine(reason);
        return CommandLine.Refused;
    }
}
