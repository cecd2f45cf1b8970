using Ardalis.Result;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http;

/// <summary>The one place where the outcome of a use case becomes an answer.</summary>
internal static class ResultExtensions
{
    /// <param name="result">The outcome.</param>
    /// <param name="success">Makes the answer of a success.</param>
    /// <param name="located">Says where in the request the member of a fault is.</param>
    public static IActionResult ToAnswer<T>(
        this Result<T> result, Func<T, IActionResult> success, Func<ValidationError, ValidationError> located) => result.Status switch
        {
            ResultStatus.Ok or ResultStatus.Created or ResultStatus.NoContent => success(result.Value),
            ResultStatus.Invalid => ValidationFailed([.. result.ValidationErrors.Select(located)]),
            ResultStatus.NotFound or ResultStatus.Conflict or ResultStatus.Error or ResultStatus.Unavailable
                or ResultStatus.Unauthorized or ResultStatus.Forbidden or ResultStatus.CriticalError => Coded(result),
        };

    public static ProblemAnswer ValidationFailed(IReadOnlyCollection<ValidationError> errors) => new(
        ProblemCatalogue.ValidationFailed, errors.Count == 1 ? "1 fault was found." : $"{errors.Count} faults were found.", errors);

    // a refusal is its code and a sentence, see Application.Errors
    private static ProblemAnswer Coded<T>(Result<T> result)
    {
        var errors = result.Errors.ToArray();
        return new(ProblemCatalogue.Of(errors[0]), errors[1]);
    }
}
