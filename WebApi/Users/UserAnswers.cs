using System.Text.Json;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Users;

/// <summary>How users look as answers: the body, and the headers that go with it.</summary>
internal static class UserAnswers
{
    public static JsonAnswer<UserDto> Changed(HttpResponse response, UserDto user)
    {
        Tag(response, user.Version);
        return new(user, WireJson.Answers.UserDto);
    }

    public static KeptAnswer Created(HttpResponse response, UserDto user) => new(
        user.Id,
        StatusCodes.Status201Created,
        JsonSerializer.Serialize(user, WireJson.Answers.UserDto),
        Path(response, user.Id),
        EntityTags.Of(user.Version));

    public static JsonAnswer<UserDto> Restored(HttpResponse response, UserDto user)
    {
        response.Headers.ContentLocation = Path(response, user.Id);
        return Changed(response, user);
    }

    public static IActionResult Read(HttpResponse response, UserDto user, VersionCondition condition) =>
        Read(response, user.Version, condition, () => new JsonAnswer<UserDto>(user, WireJson.Answers.UserDto));

    public static IActionResult Read(HttpResponse response, DeletedUserDto user, VersionCondition condition) =>
        Read(response, user.Version, condition, () => new JsonAnswer<DeletedUserDto>(user, WireJson.Answers.DeletedUserDto));

    /// <summary>RFC 9110 section 13.2.2: If-Match first, then If-None-Match, whose failure is no error of a GET.</summary>
    private static IActionResult Read(HttpResponse response, long version, VersionCondition condition, Func<IActionResult> whole)
    {
        if (!condition.IsExpected(version)) return new ProblemAnswer(ProblemCatalogue.VersionMismatch);
        Tag(response, version);
        return condition.IsNew(version) ? whole() : new StatusCodeResult(StatusCodes.Status304NotModified);
    }

    private static void Tag(HttpResponse response, long version)
    {
        response.Headers.ETag = EntityTags.Of(version);
        response.Headers.CacheControl = "private, no-cache";
    }

    private static string Path(HttpResponse response, long id) => $"{response.HttpContext.Request.PathBase}{UsersController.Path}/{id}";
}
