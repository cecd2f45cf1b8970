using Ardalis.Result;

namespace CleanUsers.Application;

/// <summary>
/// Why a use case failed, other than for invalid input: a stable code and a sentence for people. A <see cref="Result"/> holds it as its
/// only error.
/// </summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
public sealed record Failure(string Code, string Detail)
{
    private const string Separator = ": ";

    public static Result UserNotFound(long id) => Result.NotFound(new Failure(ErrorCodes.UserNotFound, $"User {id} not found.").ToString());

    public static Result EmailNotFound(long id) =>
        Result.NotFound(new Failure(ErrorCodes.NotFound, $"Email {id} of this user not found.").ToString());

    public static Result WebhookNotFound(long id) =>
        Result.NotFound(new Failure(ErrorCodes.NotFound, $"Webhook {id} not found.").ToString());

    public static Result ApiKeyNotFound(long id) =>
        Result.NotFound(new Failure(ErrorCodes.NotFound, $"API key {id} not found.").ToString());

    public static Result ApiKeyExpired(long id) => Result.Conflict(
        new Failure(ErrorCodes.ApiKeyExpired, $"API key {id} has expired. A rotation does not change the expiry: create another key.").ToString());

    public static Result ScopesLacking(IEnumerable<string> scopes) => Result.Forbidden(
        new Failure(ErrorCodes.Forbidden, $"The caller lacks these scopes of the API key: {string.Join(", ", scopes)}.").ToString());

    public static Result UserNameTaken() =>
        Result.Conflict(new Failure(ErrorCodes.UserNameTaken, "Another user has this userName.").ToString());

    public static Result EmailTaken() => Result.Conflict(new Failure(ErrorCodes.EmailTaken, "Another user has this email address.").ToString());

    /// <param name="resource">What has the version: user, webhook, API key.</param>
    public static Result VersionMismatch(string resource, long version) => Result.Conflict(
        new Failure(ErrorCodes.VersionMismatch, $"The {resource} has version {version}, which does not meet the condition.").ToString());

    public static Result CursorExpired() => Result.Error(new Failure(
        ErrorCodes.CursorExpired, "The feed no longer has the changes that follow: begin with cursor=now and the list of users.").ToString());

    /// <summary>The failure of a result that is neither a success nor invalid.</summary>
    public static Failure Of(IResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var error = result.Errors.Single();
        var end = error.IndexOf(Separator, StringComparison.Ordinal);
        return new(error[..end], error[(end + Separator.Length)..]);
    }

    public override string ToString() => $"{Code}{Separator}{Detail}";
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
