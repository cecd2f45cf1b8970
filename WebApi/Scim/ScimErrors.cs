using System.Text.Json.Nodes;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace CleanUsers.WebApi.Scim;

/// <summary>Errors as RFC 7644 section 3.12 has them: the form of every problem under /scim.</summary>
internal static class ScimErrors
{
    private const string Schema = "urn:ietf:params:scim:api:messages:2.0:Error";

    public static Task WriteAsync(HttpResponse response, Problem problem, string? detail, IReadOnlyCollection<InputError>? errors)
    {
        var type = problem.Status switch
        {
            _ when problem == ProblemCatalogue.MalformedBody => ScimErrorType.InvalidSyntax,
            StatusCodes.Status400BadRequest when problem == ProblemCatalogue.ValidationFailed => ScimErrorType.InvalidValue,
            StatusCodes.Status409Conflict => ScimErrorType.Uniqueness,
            _ => null,
        };
        var details = errors is { Count: > 0 }
            ? string.Join(' ', errors.Take(ProblemResult.MaxErrors).Select(error => error.ErrorMessage))
            : detail ?? problem.Explanation;
        return WriteAsync(response, problem.Status, type, details);
    }

    public static Task WriteAsync(HttpResponse response, int status, string? type, string detail)
    {
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        var body = new JsonObject { ["schemas"] = new JsonArray(Schema) };
        if (type is not null) body["scimType"] = type;
        body["detail"] = detail;
        body["status"] = $"{status}"; // a string, as the RFC has it
        return response.WriteBytesAsync(ScimResponses.Serialize(body), ScimResponses.MediaType);
    }
}

/// <summary>Makes the response of input that SCIM rejects.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RejectsInvalidScimAttribute : ExceptionFilterAttribute
{
    public override void OnException(ExceptionContext context)
    {
        if (context.Exception is InvalidScimException invalid)
            context.Result = new ScimErrorResult(StatusCodes.Status400BadRequest, invalid.Type, invalid.Message);
    }
}

internal sealed class ScimErrorResult(int status, string? type, string detail) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context) => ScimErrors.WriteAsync(context.HttpContext.Response, status, type, detail);
}
