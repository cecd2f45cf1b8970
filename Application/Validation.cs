using Ardalis.Result;
using CleanUsers.Domain;
using FluentValidation;
using FluentValidation.Results;

namespace CleanUsers.Application;

/// <summary>How rules and results of validation are written in every use case.</summary>
public static class Validation
{
    /// <summary>The broken rules, each under the name of its member; shape errors are reported by the reader, see <see cref="ShapeError"/>.</summary>
    public static IEnumerable<ValidationError> ToErrors(this ValidationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Errors
            .Where(failure => failure.CustomState is not ShapeError)
            .Select(failure => new ValidationError(Member(failure.PropertyName), failure.ErrorMessage, failure.ErrorCode, ValidationSeverity.Error));
    }

    internal static Result ToInvalid(this ValidationResult result) => Result.Invalid(result.ToErrors());

    internal static Result ToInvalid(this InvalidValue error, string member) =>
        Result.Invalid(new ValidationError(member, error.Detail, error.Code, ValidationSeverity.Error));

    /// <summary>The member alone: the path of a nested one names what it is nested in, too.</summary>
    private static string Member(string propertyPath) => propertyPath[(propertyPath.LastIndexOf('.') + 1)..];
}
