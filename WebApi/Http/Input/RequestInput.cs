using Ardalis.Result;
using CleanUsers.Application;
using CleanUsers.WebApi.Http.Problems;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>What was read of a request.</summary>
/// <param name="Command">The command of the use case, as far as it could be read.</param>
/// <param name="Place">Where the members of the command stand in the request.</param>
/// <param name="Errors">What the reader found: wrong shapes, unknown and repeated names, headers.</param>
/// <param name="Problem">A problem that decides the response by itself: a body that can't be read, a condition that is missing.</param>
internal sealed record RequestInput<T>(T Command, InputPlace Place, IReadOnlyList<InputError> Errors, ProblemResult? Problem = null)
{
    /// <summary>The response to a request that must not be executed; null if it may be.</summary>
    public ProblemResult? Reject() => Problem ?? (Errors.Count == 0 ? null : ProblemResult.ValidationFailed(Errors));

    /// <summary>
    /// Like <see cref="Reject()"/>, with the rules that the command breaks besides: all errors are reported at once. Where the reader found no error,
    /// the use case itself checks the rules.
    /// </summary>
    public ProblemResult? Reject(IValidator<T> rules) => Problem is not null || Errors.Count == 0
        ? Problem
        : ProblemResult.ValidationFailed([.. Errors, .. rules.Validate(Command).ToErrors().Select(error => InputError.Of(error, Place))]);

    /// <inheritdoc cref="RequestInput.ToResponse"/>
    public IActionResult ToResponse<TValue>(Result<TValue> result, Func<TValue, IActionResult> success) => result.ToResponse(Place, success);

    public IActionResult ToNoContent(Result result) => result.ToNoContent(Place);
}

internal static class RequestInput
{
    /// <summary>The one place where the outcome of a use case becomes a response.</summary>
    /// <param name="result">Of the use case that executed the command.</param>
    /// <param name="place">Where the members of the command stand in the request.</param>
    /// <param name="success">Makes the response of a success.</param>
    public static IActionResult ToResponse<T>(this Result<T> result, InputPlace place, Func<T, IActionResult> success) => result.Status switch
    {
        ResultStatus.Ok or ResultStatus.Created or ResultStatus.NoContent => success(result.Value),
        ResultStatus.Invalid => ProblemResult.ValidationFailed([.. result.ValidationErrors.Select(error => InputError.Of(error, place))]),
        ResultStatus.NotFound or ResultStatus.Conflict or ResultStatus.Error or ResultStatus.Unavailable
            or ResultStatus.Unauthorized or ResultStatus.Forbidden or ResultStatus.CriticalError => ToProblem(Failure.Of(result)),
    };

    /// <summary>A success has no body.</summary>
    public static IActionResult ToNoContent(this Result result, InputPlace place) =>
        result.Map(_ => true).ToResponse(place, _ => new StatusCodeResult(StatusCodes.Status204NoContent));

    private static ProblemResult ToProblem(Failure failure) => new(ProblemCatalogue.Of(failure.Code), failure.Detail);

    /// <summary>Parameters that a request has although its resource takes none.</summary>
    public static IReadOnlyList<InputError> UnknownParameters(HttpRequest request) =>
        request.QueryString.HasValue ? new RequestQuery(request).Errors() : [];
}
