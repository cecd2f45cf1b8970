using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Users;

/// <summary>How users that were read look as responses, which depends on the conditions of the request.</summary>
internal static class UserResponses
{
    public static IActionResult Read(HttpResponse response, UserDto user, VersionCondition condition) =>
        Read(response, user, user.Version, condition);

    public static IActionResult Read(HttpResponse response, DeletedUserDto user, VersionCondition condition) =>
        Read(response, user, user.Version, condition);

    /// <summary>RFC 9110 section 13.2.2: If-Match first, then If-None-Match, whose failure is not an error for a GET.</summary>
    public static IActionResult Read<T>(HttpResponse response, T user, long version, VersionCondition condition)
    {
        if (!condition.IsExpected(version)) return new ProblemResult(ProblemCatalogue.VersionMismatch);
        if (condition.IsNew(version)) return new JsonResponse<T>(user, version: version);
        response.Headers.SetVersion(version);
        return new StatusCodeResult(StatusCodes.Status304NotModified);
    }
}
