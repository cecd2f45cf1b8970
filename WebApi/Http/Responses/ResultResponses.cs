using Ardalis.Result;
using CleanUsers.Application;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>The one place where the outcome of a use case becomes a response.</summary>
internal static class ResultResponses
{
    /// <param name="place">Where in the request the members of the use case's command stand.</param>
    /// <param name="success">Makes the response of a success.</param>
    public static IActionResult ToResponse<T>(this Result<T> result, InputPlace place, Func<T, IActionResult> success) => result.Status switch
    {
        ResultStatus.Ok or ResultStatus.Created or ResultStatus.NoContent => success(result.Value),
        ResultStatus.Invalid => ProblemResult.ValidationFailed([.. result.ValidationErrors.Select(error => InputError.Of(error, place))]),
        ResultStatus.NotFound or ResultStatus.Conflict or ResultStatus.Error or ResultStatus.Unavailable
            or ResultStatus.Unauthorized or ResultStatus.Forbidden or ResultStatus.CriticalError => ToProblem(Failure.Of(result)),
    };

    public static IActionResult ToNoContent(this Result result, InputPlace place) =>
        result.Map(_ => true).ToResponse(place, _ => new StatusCodeResult(StatusCodes.Status204NoContent));

    private static ProblemResult ToProblem(Failure failure) => new(ProblemCatalogue.Of(failure.Code), failure.Detail);
}
