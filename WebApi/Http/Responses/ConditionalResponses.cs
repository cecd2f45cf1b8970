using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>How a resource that was read looks as a response, which depends on the conditions of the request.</summary>
internal static class ConditionalResponses
{
    /// <summary>RFC 9110 section 13.2.2: If-Match first, then If-None-Match, whose failure is not an error for a GET.</summary>
    public static IActionResult Read<T>(this HttpResponse response, T resource, long version, VersionCondition condition)
    {
        if (!condition.IsExpected(version)) return new ProblemResult(ProblemCatalogue.VersionMismatch);
        if (condition.IsNew(version)) return new JsonResponse<T>(resource, version: version);
        response.Headers.SetVersion(version);
        return new StatusCodeResult(StatusCodes.Status304NotModified);
    }
}
