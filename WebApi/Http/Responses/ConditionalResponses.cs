using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>How a resource that was read looks as a response, which depends on the conditions of the request.</summary>
internal static class ConditionalResponses
{
    public static IActionResult Read<T>(this HttpResponse response, T resource, long version, VersionCondition condition) =>
        response.FindOutcome(condition, version, JsonResponse.SetVersion) ?? new JsonResponse<T>(resource, version: version);

    /// <summary>RFC 9110 section 13.2.2: If-Match first, then If-None-Match, whose failure is not an error for a GET.</summary>
    /// <param name="setVersion">Sets the entity tag.</param>
    /// <returns>The response where the conditions decide it; null where the resource is to be shown.</returns>
    public static IActionResult? FindOutcome(
        this HttpResponse response, VersionCondition condition, long version, Action<IHeaderDictionary, long?> setVersion)
    {
        if (!condition.IsExpected(version)) return new ProblemResult(ProblemCatalogue.VersionMismatch);
        if (condition.IsNew(version)) return null;
        setVersion(response.Headers, version);
        return new StatusCodeResult(StatusCodes.Status304NotModified);
    }
}
