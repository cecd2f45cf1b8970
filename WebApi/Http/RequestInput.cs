using Ardalis.Result;
using CleanUsers.Application;
using CleanUsers.Application.Users;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Http;

/// <summary>
/// What a client sent in query and headers, read strictly: nothing is ignored, and what can't be accepted is remembered, so that all
/// faults are told at once.
/// </summary>
internal class RequestInput
{
    // null where the encoding is broken
    private readonly Dictionary<string, string?> _parameters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly List<ValidationError> _faults = [];

    public RequestInput(HttpRequest request)
    {
        Request = request;
        foreach (var (written, name, value) in QueryParameter.Read(request.QueryString))
        {
            if (name is null || value is null)
            {
                RefuseParameter(
                    name ?? written,
                    "invalid-encoding",
                    $"Parameter '{RepeatedInput.InSentence(name ?? written)}' must be percent-encoded UTF-8: each '%' is followed by two hexadecimal digits.");
            }

            if (name is not null && !_parameters.TryAdd(name, value))
                RefuseParameter(name, "repeated", $"Parameter {RepeatedInput.InSentence(name)} must be there once.");
        }
    }

    public HttpRequest Request { get; }

    /// <summary>An answer that settles the request before its content is looked at.</summary>
    protected ProblemAnswer? Refusal { get; set; }

    public string? Parameter(string name)
    {
        _asked.Add(name);
        return _parameters.GetValueOrDefault(name);
    }

    public int WholeNumber(string name, int absent)
    {
        if (Parameter(name) is not { } text) return absent;
        if (WholeNumbers.TryParse(text, out var number)) return WholeNumbers.ToInt(number)!.Value;
        RefuseParameter(name, "wrong-type", $"Parameter {name} must be a whole number.");
        return absent;
    }

    public bool TrueOrFalse(string name)
    {
        if (Parameter(name) is not { } text) return false;
        if (text is not ("true" or "false")) RefuseParameter(name, "unknown-value", $"Parameter {name} must be true or false.");
        return text is "true";
    }

    /// <summary>The conditions in <c>If-Match</c> and <c>If-None-Match</c> (RFC 9110 section 13.1).</summary>
    public VersionCondition Condition()
    {
        var (ifMatch, ifNoneMatch) = (Request.Headers.IfMatch, Request.Headers.IfNoneMatch);
        if (ifMatch.Count == 0 && !HttpMethods.IsGet(Request.Method) && !HttpMethods.IsHead(Request.Method)
            && Request.HttpContext.RequestServices.GetRequiredService<IOptions<HttpOptions>>().Value.RequireIfMatch)
        {
            Refusal ??= new ProblemAnswer(ProblemCatalogue.VersionRequired);
        }

        if (ifMatch.Count == 0 && ifNoneMatch.Count == 0) return VersionCondition.None;
        if (!EntityTags.TryParse(ifMatch, EntityTags.Strong, out var oneOf)) RefuseTags("If-Match");
        if (!EntityTags.TryParse(ifNoneMatch, EntityTags.Weak, out var noneOf)) RefuseTags("If-None-Match");
        return EntityTags.Condition(oneOf, noneOf);

        void RefuseTags(string header) => Refuse(
            new HeaderError(header, "invalid-entity-tag", $"Header {header} must be * or a list of entity tags such as \"3\"."));
    }

    /// <summary>
    /// Runs the use case where the input could be read. Else asks its rules alone, and answers the faults of both; what is said of a
    /// member's shape stands for all that could be said of it.
    /// </summary>
    public async Task<IActionResult> AnswerAsync<TCommand, T>(
        TCommand command, Func<TCommand, CancellationToken, Task<Result<T>>> useCase, Func<T, IActionResult> success, CancellationToken ct)
    {
        FindUnknown();
        if (Refusal is not null) return Refusal;
        if (_faults.Count == 0) return (await useCase(command, ct)).ToAnswer(success, Located);

        var misshapen = _faults.Select(fault => fault.Identifier).ToHashSet(StringComparer.Ordinal);
        var rules = Request.HttpContext.RequestServices.GetService<IValidator<TCommand>>();
        var broken = rules?.Validate(command).ToFaults().Where(fault => !misshapen.Contains(fault.Identifier)).Select(Located) ?? [];
        return ResultExtensions.ValidationFailed([.. _faults, .. broken]);
    }

    /// <inheritdoc cref="AnswerAsync{TCommand,T}"/>
    public Task<IActionResult> AnswerAsync<TCommand>(
        TCommand command, Func<TCommand, CancellationToken, Task<Result>> useCase, CancellationToken ct) =>
        AnswerAsync<TCommand, Result>(
            command, async (c, token) => await useCase(c, token), _ => new StatusCodeResult(StatusCodes.Status204NoContent), ct);

    /// <summary>The problem of a request that takes neither parameters nor a body; null where there is none.</summary>
    public ProblemAnswer? Problem()
    {
        FindUnknown();
        return _faults.Count == 0 ? Refusal : ResultExtensions.ValidationFailed(_faults);
    }

    public void Refuse(ValidationError fault) => _faults.Add(fault);

    protected void Refuse(string member, string code, string detail) => Refuse(new ValidationError(member, detail, code, ValidationSeverity.Error));

    /// <summary>Finds what nobody asked for.</summary>
    protected virtual void FindUnknown()
    {
        foreach (var name in _parameters.Keys.Where(name => !_asked.Contains(name)))
            RefuseParameter(name, "unknown-parameter", $"There is no parameter {RepeatedInput.InSentence(name)} here.");
    }

    /// <summary>The fault of a member, as one of the place where this input's members are.</summary>
    protected virtual ValidationError Located(ValidationError fault) => new ParameterError(fault.Identifier, fault.ErrorCode, fault.ErrorMessage);

    private void RefuseParameter(string name, string code, string detail) => Refuse(new ParameterError(name, code, detail));
}
