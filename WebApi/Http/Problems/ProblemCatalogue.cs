using System.Collections.Frozen;
using CleanUsers.Application;

namespace CleanUsers.WebApi.Http.Problems;

/// <summary>Every problem that the service can respond with.</summary>
internal static class ProblemCatalogue
{
    public const string Path = "/problems/";

    public static readonly Problem ValidationFailed = new(
        ErrorCodes.ValidationFailed, 400, "Validation failed",
        "One or more members, parameters or headers are not valid. \"errors\" lists them all.",
        "Correct what \"errors\" names and send the request again.");

    public static readonly Problem MalformedBody = new(
        "malformed-body", 400, "Malformed body",
        "The body is not one JSON object in UTF-8 (RFC 8259), or is nested too deeply.",
        "Send a JSON object; \"errors\" shows where the error is.");

    public static readonly Problem MalformedRequest = new(
        "malformed-request", 400, "Malformed request",
        "The request breaks the rules of HTTP.",
        "Send a request as RFC 9110 and RFC 9112 describe it.");

    public static readonly Problem Unauthenticated = new(
        "unauthenticated", 401, "Authentication required",
        "The request has no token or API key, or one that is not valid.",
        "Get a token or an API key and send it in the header Authorization as Bearer (RFC 6750).");

    public static readonly Problem Forbidden = new(
        ErrorCodes.Forbidden, 403, "Not allowed",
        "The token or API key does not have a scope that this request needs.",
        "Ask for a token or API key with the scope that WWW-Authenticate or \"detail\" names.");

    public static readonly Problem UserNotFound = new(
        ErrorCodes.UserNotFound, 404, "User not found",
        "This resource has no user with this id. "
            + "The user never existed or was erased, or it is in the other collection: deleted users are in the recycle bin only.",
        "Look under /api/v1/users or /api/v1/deleted-users.");

    public static readonly Problem NotFound = new(
        ErrorCodes.NotFound, 404, "Resource not found",
        "The service has no resource at this path.",
        "Compare the path with the description of the service.");

    public static readonly Problem MethodNotAllowed = new(
        "method-not-allowed", 405, "Method not allowed",
        "The resource exists, but does not support this method.",
        "Use one of the methods that the header Allow names.");

    public static readonly Problem NotAcceptable = new(
        "not-acceptable", 406, "Not acceptable",
        "The header Accept excludes the only media type of the responses: application/json, and application/scim+json under /scim.",
        "Leave Accept out, or let it include that media type.");

    public static readonly Problem RequestTimeout = new(
        "request-timeout", 408, "Request timeout",
        "The body arrived so slowly that the service stopped waiting for it.",
        "Send the request again over a better connection.");

    public static readonly Problem EmailTaken = new(
        ErrorCodes.EmailTaken, 409, "Email address already taken",
        "Another user that is not deleted has this email address.",
        "Choose another address, or change or delete the user that has it.");

    public static readonly Problem UserNameTaken = new(
        ErrorCodes.UserNameTaken, 409, "User name already taken",
        "Another user that is not deleted has the userName that an identity provider gave to this user by SCIM.",
        "Let the identity provider give the user that has it another userName, or delete it.");

    public static readonly Problem RequestInProgress = new(
        "request-in-progress", 409, "First request still in progress",
        "A request with the same Idempotency-Key is still being processed, and this request has waited for it as long as it could.",
        "Send the same request again after the seconds that Retry-After names.");

    public static readonly Problem ApiKeyExpired = new(
        ErrorCodes.ApiKeyExpired, 409, "API key expired",
        "The API key has expired. A rotation replaces a key and does not change when it expires.",
        "Create another API key.");

    public static readonly Problem CursorExpired = new(
        ErrorCodes.CursorExpired, 410, "Cursor expired",
        "The feed no longer has the change that the cursor follows, or its first changes where the request has no cursor: "
            + "they are older than the retention, or the database was restored from a backup.",
        "Take cursor=now, read the list of users, and follow the feed from there.");

    public static readonly Problem VersionMismatch = new(
        ErrorCodes.VersionMismatch, 412, "Version mismatch",
        "The version of the resource does not meet the condition in If-Match or If-None-Match. Nothing was changed.",
        "Read the resource again, decide on its present state, and send its new ETag.");

    public static readonly Problem BodyTooLarge = new(
        "body-too-large", 413, "Body too large",
        "The body has more bytes than the service accepts.",
        "Send a smaller body.");

    public static readonly Problem UnsupportedMediaType = new(
        "unsupported-media-type", 415, "Unsupported media type",
        "The header Content-Type is missing or names another type than the resource takes, or another character set than UTF-8, "
            + "or Content-Encoding names a coding.",
        "Use a type that the header Accept-Post or Accept-Patch names, or a coding that Accept-Encoding names.");

    public static readonly Problem IdempotencyKeyReused = new(
        "idempotency-key-reused", 422, "Idempotency-Key reused",
        "A request with the same key and another body succeeded in the last 24 hours. This request changed nothing.",
        "Use a new key for a new request, and the same body for a retry.");

    public static readonly Problem VersionRequired = new(
        "version-required", 428, "Condition required",
        "This service accepts a change only with the header If-Match, so that no change is lost.",
        "Read the resource, and send its ETag as If-Match.");

    public static readonly Problem TooManyRequests = new(
        "too-many-requests", 429, "Too many requests",
        "The caller has sent more requests than the limit allows: RateLimit-Policy shows the limit, and RateLimit what is left of it.",
        "Send the request again after the seconds that Retry-After names, and send fewer requests.");

    public static readonly Problem InternalError = new(
        "internal-error", 500, "Internal server error",
        "The service failed; the request is not the cause. The log has the exception under \"traceId\".",
        "Try again later, and report the traceId if the error persists.");

    public static readonly Problem Unavailable = new(
        "unavailable", 503, "Service unavailable",
        "The database can't be reached, or the service is overloaded, or it is shutting down.",
        "Try again after the seconds that Retry-After names.");

    private static readonly Problem[] All =
    [
        ValidationFailed, MalformedBody, MalformedRequest, Unauthenticated, Forbidden, UserNotFound, NotFound, MethodNotAllowed, NotAcceptable,
        RequestTimeout, EmailTaken, UserNameTaken, RequestInProgress, ApiKeyExpired, CursorExpired, VersionMismatch, BodyTooLarge,
        UnsupportedMediaType, IdempotencyKeyReused, VersionRequired, TooManyRequests, InternalError, Unavailable,
    ];

    private static readonly FrozenDictionary<string, Problem> ByCode = All.ToFrozenDictionary(problem => problem.Code, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Codes => ByCode.Keys;

    public static Problem Of(string code) => ByCode[code];

    public static Problem? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <summary>For a status code that the framework or the web server set without a body.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        400 => MalformedRequest,
        401 => Unauthenticated,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        408 => RequestTimeout,
        413 => BodyTooLarge,
        415 => UnsupportedMediaType,
        429 => TooManyRequests,
        503 => Unavailable,
        >= 500 => InternalError,
        _ => MalformedRequest,
    };
}

/// <summary>A kind of problem (RFC 9457).</summary>
/// <param name="Code">The name: the last part of <c>type</c>, and the member <c>code</c>.</param>
/// <param name="Title">A short summary; always the same for this code.</param>
/// <param name="Remedy">What a client can do.</param>
internal sealed record Problem(string Code, int Status, string Title, string Explanation, string Remedy)
{
    public string Type => ProblemCatalogue.Path + Code;
}
