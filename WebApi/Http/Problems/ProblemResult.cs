using System.Diagnostics;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Scim;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Problems;

/// <summary>An error response, always in one form: application/problem+json (RFC 9457).</summary>
/// <param name="detail">The details of this occurrence; null shows the explanation of the problem.</param>
/// <param name="errors">The errors of the input; null for other problems.</param>
internal sealed class ProblemResult(Problem problem, string? detail = null, IReadOnlyCollection<InputError>? errors = null) : IActionResult
{
    /// <summary>How many errors are listed at most: a body of 64 KiB can have thousands of unknown members.</summary>
    public const int MaxErrors = 100;

    private const string RetryAfterSeconds = "1";

    private const string LacksScopes = "Bearer error=\"insufficient_scope\", error_description=\"The caller lacks scopes of the API key\"";

    public static ProblemResult ValidationFailed(IReadOnlyCollection<InputError> errors) => new(
        ProblemCatalogue.ValidationFailed, errors.Count == 1 ? "1 error was found." : $"{errors.Count} errors were found.", errors);

    public Task ExecuteResultAsync(ActionContext context) => WriteAsync(context.HttpContext);

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.Status is 429 or 503 || problem == ProblemCatalogue.RequestInProgress) response.Headers.RetryAfter = RetryAfterSeconds;
        // RFC 9110 section 11.6.1 and RFC 6750 section 3; where a whole resource needs a scope, it is named already
        if (problem == ProblemCatalogue.Forbidden && response.Headers.WWWAuthenticate.Count == 0)
            response.Headers.WWWAuthenticate = LacksScopes;
        if (Resources.IsScim(context.Request)) return ScimErrors.WriteAsync(response, problem, detail, errors);
        response.Headers.CacheControl = "no-store";
        return response.WriteJsonAsync(ToBody(context), "application/problem+json");
    }

    private ProblemBody ToBody(HttpContext context) => new(
        Type: problem.Type,
        Title: problem.Title,
        Status: problem.Status,
        Detail: detail ?? problem.Explanation,
        Instance: ToInstance(context.Request),
        Code: problem.Code,
        TraceId: Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        Errors: errors is { Count: > 0 } ? [.. errors.Take(MaxErrors).Select(ToError)] : null);

    /// <summary>The path of the request: "/" where the target has none (RFC 9112 section 3.2.3, the target of CONNECT).</summary>
    private static string ToInstance(HttpRequest request) =>
        request.PathBase.Add(request.Path) is { HasValue: true } path ? path.ToUriComponent() : "/";

    private static ProblemError ToError(InputError error) => new(
        Pointer: error.Place switch
        {
            InputPlace.Member => "#/" + Uri.EscapeDataString(Escape(error.Identifier)),
            InputPlace.Body => "#",
            InputPlace.Parameter or InputPlace.Header => null,
        },
        Parameter: error.Place == InputPlace.Parameter ? error.Identifier : null,
        Header: error.Place == InputPlace.Header ? error.Identifier : null,
        Code: error.ErrorCode,
        Detail: error.ErrorMessage);

    /// <summary>RFC 6901 section 3.</summary>
    private static string Escape(string member) => member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
