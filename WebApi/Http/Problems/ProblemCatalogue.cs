using System.Collections.Frozen;
using CleanUsers.Application;

namespace CleanUsers.WebApi.Http.Problems;

/// <summary>Every problem that the service has a word for. Anything it refuses is one of these.</summary>
internal static class ProblemCatalogue
{
    public const string Path = "/problems/";

    public static readonly Problem ValidationFailed = new(
        ErrorCodes.ValidationFailed, 400, "The input has faults",
        "One or more members, parameters or headers can't be accepted. \"errors\" lists them all.",
        "Correct what \"errors\" names and send the request again.");

    public static readonly Problem MalformedBody = new(
        "malformed-body", 400, "The body can't be read",
        "The body is not one JSON object in UTF-8 (RFC 8259), or is nested too deeply.",
        "Send a JSON object; \"errors\" says where the reading ended.");

    public static readonly Problem MalformedRequest = new(
        "malformed-request", 400, "The request can't be read",
        "The request breaks the rules of HTTP.",
        "Send a request as RFC 9110 and RFC 9112 describe it.");

    public static readonly Problem Unauthenticated = new(
        "unauthenticated", 401, "Who are you?",
        "The request has no token, or one that is not valid here and now.",
        "Get a token and send it in the header Authorization as Bearer (RFC 6750).");

    public static readonly Problem Forbidden = new(
        "forbidden", 403, "Not allowed",
        "The token does not allow this.",
        "Ask for a token with the scope that WWW-Authenticate names.");

    public static readonly Problem UserNotFound = new(
        ErrorCodes.UserNotFound, 404, "No such user",
        "There is no user of this id here: it never existed, is deleted and in the bin, or is not deleted and so not in the bin.",
        "Look under /api/v1/users or /api/v1/deleted-users.");

    public static readonly Problem NotFound = new(
        "not-found", 404, "No such resource",
        "Nothing is served at this path.",
        "Compare the path with the description of the service.");

    public static readonly Problem MethodNotAllowed = new(
        "method-not-allowed", 405, "The resource does not know this method",
        "The resource exists but can't be asked this way.",
        "Use one of the methods that the header Allow names.");

    public static readonly Problem NotAcceptable = new(
        "not-acceptable", 406, "The answer would be JSON",
        "The header Accept excludes application/json, the only form that answers have here.",
        "Leave Accept out, or let it include application/json.");

    public static readonly Problem RequestTimeout = new(
        "request-timeout", 408, "The request took too long to arrive",
        "The body came so slowly that the service stopped waiting for it.",
        "Send the request again over a better connection.");

    public static readonly Problem EmailTaken = new(
        ErrorCodes.EmailTaken, 409, "The address is taken",
        "Another user that is not deleted has this email address.",
        "Choose another address, or change or delete the user that has it.");

    public static readonly Problem RequestInProgress = new(
        "request-in-progress", 409, "The first request is still on its way",
        "A request with the same Idempotency-Key is being worked on, and took longer than this one could wait.",
        "Send the same request again after the seconds that Retry-After names.");

    public static readonly Problem VersionMismatch = new(
        ErrorCodes.VersionMismatch, 412, "The user has changed meanwhile",
        "The version of the user does not meet the condition in If-Match or If-None-Match. Nothing was changed.",
        "Read the user again, decide on what you see, and send its new ETag.");

    public static readonly Problem BodyTooLarge = new(
        "body-too-large", 413, "The body is too large",
        "The body has more octets than the service accepts.",
        "Send less.");

    public static readonly Problem UnsupportedMediaType = new(
        "unsupported-media-type", 415, "The body's type is not accepted",
        "The header Content-Type is missing or names another type than the resource takes, or another character set than UTF-8, "
            + "or Content-Encoding names a coding.",
        "Use a type that the header Accept-Post or Accept-Patch names, or a coding that Accept-Encoding names.");

    public static readonly Problem IdempotencyKeyReused = new(
        "idempotency-key-reused", 422, "The Idempotency-Key was used for something else",
        "A request with the same key and another body was answered in the last 24 hours. Nothing was done for this one.",
        "Use a new key for a new request, and the same body for a retry.");

    public static readonly Problem VersionRequired = new(
        "version-required", 428, "A condition is required",
        "This service accepts a change only with the header If-Match, so that no change is lost.",
        "Read the user, and send its ETag as If-Match.");

    public static readonly Problem TooManyRequests = new(
        "too-many-requests", 429, "Too many requests",
        "The caller has sent more requests than it may: RateLimit-Policy says how many, and RateLimit how many are left.",
        "Send the request again after the seconds that Retry-After names, and fewer of them.");

    public static readonly Problem InternalError = new(
        "internal-error", 500, "Something broke",
        "The fault is the service's, not the request's. The cause is in its log under \"traceId\".",
        "Try again later, and report the traceId if it lasts.");

    public static readonly Problem Unavailable = new(
        "unavailable", 503, "Not available now",
        "The database is out of reach, or the service has too much to do to answer in time, or it is shutting down.",
        "Try again after the seconds that Retry-After names.");

    private static readonly Problem[] All =
    [
        ValidationFailed, MalformedBody, MalformedRequest, Unauthenticated, Forbidden, UserNotFound, NotFound, MethodNotAllowed, NotAcceptable,
        RequestTimeout, EmailTaken, RequestInProgress, VersionMismatch, BodyTooLarge, UnsupportedMediaType, IdempotencyKeyReused, VersionRequired, TooManyRequests, InternalError,
        Unavailable,
    ];

    private static readonly FrozenDictionary<string, Problem> ByCode = All.ToFrozenDictionary(problem => problem.Code, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Codes => ByCode.Keys;

    public static Problem Of(string code) => ByCode[code];

    public static Problem? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <summary>For a status that the framework or the web server set without a word.</summary>
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
