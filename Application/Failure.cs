using Ardalis.Result;

namespace CleanUsers.Application;

/// <summary>
/// Why a use case failed, other than for invalid input: a stable code and a sentence for people. A <see cref="Result"/> holds them as its errors.
/// </summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
public sealed record Failure(string Code, string Detail)
{
    public static Result UserNotFound(long id) => Result.NotFound(ErrorCodes.UserNotFound, $"User {id} not found.");

    public static Result EmailNotFound(long id) => Result.NotFound(ErrorCodes.NotFound, $"Email {id} of this user not found.");

    public static Result WebhookNotFound(long id) => Result.NotFound(ErrorCodes.NotFound, $"Webhook {id} not found.");

    public static Result ApiKeyNotFound(long id) => Result.NotFound(ErrorCodes.NotFound, $"API key {id} not found.");

    public static Result ApiKeyExpired(long id) => Result.Conflict(
        ErrorCodes.ApiKeyExpired, $"API key {id} has expired. A rotation does not change the expiry: create another key.");

    public static Result ScopesLacking(IEnumerable<string> scopes) => Result.Forbidden(
        ErrorCodes.Forbidden, $"The caller lacks these scopes of the API key: {string.Join(", ", scopes)}.");

    public static Result UserNameTaken() => Result.Conflict(ErrorCodes.UserNameTaken, "Another user has this userName.");

    public static Result EmailTaken() => Result.Conflict(ErrorCodes.EmailTaken, "Another user has this email address.");

    /// <param name="resource">What has the version: user, webhook, API key.</param>
    public static Result VersionMismatch(string resource, long version) => Result.Conflict(
        ErrorCodes.VersionMismatch, $"The {resource} has version {version}, which does not meet the condition.");

    public static Result CursorExpired() => Result.Error(new ErrorList(
        [ErrorCodes.CursorExpired, "The feed no longer has the changes that follow: begin with cursor=now and the list of users."]));

    /// <summary>The failure of a result that is neither a success nor invalid.</summary>
    public static Failure Of(IResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var errors = result.Errors.ToList();
        return new(errors[0], errors[1]);
    }
}

/// <summary>The codes of errors. They never change, because HTTP clients and scripts distinguish errors by them.</summary>
public static class ErrorCodes
{
    public const string ValidationFailed = "validation-failed";
    public const string UserNotFound = "user-not-found";
    public const string NotFound = "not-found";
    public const string EmailTaken = "email-taken";
    public const string UserNameTaken = "user-name-taken";
    public const string VersionMismatch = "version-mismatch";
    public const string CursorExpired = "cursor-expired";
    public const string ApiKeyExpired = "api-key-expired";
    public const string Forbidden = "forbidden";
}
