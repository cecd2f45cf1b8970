using System.Security.Claims;
using System.Text.Encodings.Web;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Ports;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Security;

/// <summary>
/// Authenticates requests whose token is an API key (RFC 6750). A key that is mistyped, unknown, revoked or expired gets the same response, and no
/// key is ever logged.
/// </summary>
/// <param name="cache">The keys that were looked up a moment ago.</param>
/// <param name="lookUp">Made only where it is needed, as is the database: each holds a context of it.</param>
internal sealed partial class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyCache cache,
    Func<AuthenticateApiKey> lookUp, Func<IDatabase> database, IOptions<CallerOptions> callers)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    private const string Rejected = "The API key is not valid or has expired";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var text = HttpCaller.Token(Request).ToString();
        if (!ApiKeyText.IsWellFormed(text))
        {
            ApiKeyMetrics.RejectMalformed();
            return AuthenticateResult.Fail(Rejected);
        }

        try
        {
            var digest = ApiKeyText.Digest(text);
            var key = cache.Find(digest) ?? await LookUpAsync(digest);
            if (key is not null && (callers.Value.AllowAnonymous || !key.IsAnonymous)) return Accept(key);
        }
        catch (Exception exception) when (database().IsUnavailable(exception))
        {
            LogUnavailable(Logger, exception);
            return AuthenticateResult.Fail(new ApiKeysUnavailableException(exception));
        }

        ApiKeyMetrics.RejectInvalid();
        return AuthenticateResult.Fail(Rejected);
    }

    /// <summary>While the database can't be reached it is not certain that the key is invalid: clients discard a key that is rejected.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if ((await HandleAuthenticateOnceSafeAsync()).Failure is ApiKeysUnavailableException)
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = $"Bearer error=\"invalid_token\", error_description=\"{Rejected}\"";
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        BearerTokens.NameTheScope(Context);
        return Task.CompletedTask;
    }

    private static AuthenticateResult Accept(AuthenticatedKey key)
    {
        var identity = new ClaimsIdentity(SchemeName);
        identity.AddClaim(new(HttpCaller.SubjectClaim, key.Subject));
        identity.AddClaim(new(Scopes.Claim, key.Scope));
        if (key.IsAnonymous) identity.AddClaim(new(HttpCaller.AnonymousClaim, key.Subject));
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), SchemeName));
    }

    private Task<AuthenticatedKey?> LookUpAsync(string digest)
    {
        ApiKeyMetrics.LookUp();
        return lookUp().ExecuteAsync(digest, Context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Error, "API keys can't be looked up: the database is not available.")]
    private static partial void LogUnavailable(ILogger logger, Exception exception);

    private sealed class ApiKeysUnavailableException(Exception cause) : Exception("The database is not available.", cause);
}
