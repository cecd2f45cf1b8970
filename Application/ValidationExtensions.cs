using System.Text.Json;
using Ardalis.Result;
using CleanUsers.Application.Users;
using CleanUsers.Domain;
using FluentValidation;
using FluentValidation.Results;

namespace CleanUsers.Application;

public static class ValidationExtensions
{
    /// <summary>The faults, each under the name that the member has on the wire and on the command line.</summary>
    public static IEnumerable<ValidationError> ToFaults(this ValidationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Errors.Select(failure =>
            Errors.Invalid(JsonNamingPolicy.CamelCase.ConvertName(Member(failure.PropertyName)), failure.ErrorCode, failure.ErrorMessage));
    }

    internal static Result ToInvalid(this ValidationResult result) => Result.Invalid(result.ToFaults());

    internal static void AddFault<T>(this ValidationContext<T> context, Fault fault) =>
        context.AddFailure(new ValidationFailure(context.PropertyPath, fault.Detail) { ErrorCode = fault.Code });

    /// <summary>Hands what the rules have parsed to the use case that called them, so that it is not parsed twice.</summary>
    internal static void Yield<TValue>(this IValidationContext context, TValue value)
        where TValue : notnull => context.RootContextData[typeof(TValue).Name] = value;

    /// <summary>What the rules have parsed; null where they had nothing to parse.</summary>
    internal static TValue? Yielded<TValue>(this IValidationContext context)
        where TValue : class => context.RootContextData.TryGetValue(typeof(TValue).Name, out var value) ? (TValue)value : null;

    internal static void IsPageSize<T>(this IRuleBuilder<T, int> rule) => rule.Custom((size, context) =>
    {
        if (size is < 1 or > UserListQuery.MaxPageSize)
            context.AddFault(new("out-of-range", $"PageSize must be between 1 and {UserListQuery.MaxPageSize}."));
    });

    /// <summary>The member that a rule looks at; the path of an optional one ends in <c>.Value</c>.</summary>
    internal static string Member(string propertyPath) => propertyPath.Split('.')[0];
}
