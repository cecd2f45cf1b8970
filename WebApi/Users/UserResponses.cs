using System.Text.Json;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Idempotency;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Users;

/// <summary>How users look as responses: the body, and the headers that go with it.</summary>
internal static class UserResponses
{
    public static JsonResponse<UserDto> Changed(HttpResponse response, UserDto user)
    {
        Tag(response, user.Version);
        return new(user);
    }

    public static JsonResponse<UserDto> Created(HttpResponse response, UserDto user, string location)
    {
        response.Headers.Location = location;
        Tag(response, user.Version);
        return new(user, StatusCodes.Status201Created);
    }

    public static StoredResponse ToStore(UserDto user, string location) => new(
        StatusCodes.Status201Created, JsonSerializer.Serialize(user, WireJson.Type<UserDto>()), location, EntityTags.Of(user.Version));

    public static JsonResponse<UserDto> Restored(HttpResponse response, UserDto user, string location)
    {
        response.Headers.ContentLocation = location;
        return Changed(response, user);
    }

    public static IActionResult Read(HttpResponse response, UserDto user, VersionCondition condition) =>
        Read(response, user, user.Version, condition);

    public static IActionResult Read(HttpResponse response, DeletedUserDto user, VersionCondition condition) =>
        Read(response, user, user.Version, condition);

    /// <summary>RFC 9110 section 13.2.2: If-Match first, then If-None-Match, whose failure is not an error for a GET.</summary>
    private static IActionResult Read<T>(HttpResponse response, T user, long version, VersionCondition condition)
    {
        if (!condition.IsExpected(version)) return new ProblemResult(ProblemCatalogue.VersionMismatch);
        Tag(response, version);
        return condition.IsNew(version) ? new JsonResponse<T>(user) : new StatusCodeResult(StatusCodes.Status304NotModified);
    }

    private static void Tag(HttpResponse response, long version)
    {
        response.Headers.ETag = EntityTags.Of(version);
        response.Headers.CacheControl = "private, no-cache";
    }
}
