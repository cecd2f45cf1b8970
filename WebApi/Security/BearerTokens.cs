using CleanUsers.Application.ApiKeys;
using CleanUsers.Domain;
using CleanUsers.Domain.Users;
using CleanUsers.WebApi.Hosting;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CleanUsers.WebApi.Security;

/// <summary>
/// What every token must have (RFC 7519, RFC 8725), even if the configuration leaves it out, and the response to a rejected token
/// (RFC 6750 section 3): only what is wrong, and no part of the token.
/// </summary>
internal static partial class BearerTokens
{
    private const string InvalidSubject = "The subject of the token is missing, reserved, or not 1 to 255 printable characters";

    private const string CriticalHeader = "The token has a critical header, and none is supported";

    // in any case: a reader must not take one for the other
    private static readonly HashSet<string> ReservedSubjects = new(StringComparer.OrdinalIgnoreCase) { HttpCaller.Anonymous, HttpCaller.Service };
    private static readonly string[] ReservedPrefixes = [OperatingSystemCaller.Prefix, AuthenticatedKey.SubjectPrefix];

    private static readonly TimeSpan IssuerTimeout = TimeSpan.FromSeconds(5);

    // a public key must never be taken for a shared secret: each kind of key has its own algorithms (RFC 8725 section 3.1)
    private static readonly string[] OfPublishedKeys =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly string[] OfSharedKeys = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];

    public static void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.ForwardDefaultSelector = HttpCaller.SchemeOf;

        var rules = options.TokenValidationParameters;
        rules.ValidateIssuer = rules.ValidateAudience = rules.ValidateLifetime = rules.ValidateIssuerSigningKey = true;
        rules.RequireSignedTokens = rules.RequireExpirationTime = rules.RequireAudience = true;
        rules.ClockSkew = TimeSpan.FromSeconds(10); // two synchronised clocks; the framework's five minutes would keep expired tokens alive
        rules.IssuerSigningKeys = [.. rules.IssuerSigningKeys ?? []]; // decoded once, not again for each token
        var hasPublishedKeys = options.Authority is not null || options.MetadataAddress is not null;
        rules.ValidAlgorithms =
        [
            .. hasPublishedKeys ? OfPublishedKeys : [],
            .. rules.IssuerSigningKeys.Any() ? OfSharedKeys : [],
        ];

        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = Check,
            OnChallenge = DescribeTokenError,
            OnForbidden = context =>
            {
                NameTheScope(context.HttpContext);
                return Task.CompletedTask;
            },
        };
        if (hasPublishedKeys) options.Events.OnMessageReceived = FindKeys;
    }

    /// <summary>Without the keys of the issuer no token can be verified: that is 503, because the token may be valid.</summary>
    private static async Task FindKeys(MessageReceivedContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0) return;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.HttpContext.RequestAborted);
        timeout.CancelAfter(IssuerTimeout);
        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(timeout.Token); // kept, and read again from time to time
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
        {
            if (!context.HttpContext.RequestAborted.IsCancellationRequested)
                LogNoKeys(context.HttpContext.RequestServices.GetRequiredService<ILogger<JwtBearerHandler>>(), exception.GetBaseException().Message);
            context.Fail(new IssuerUnavailableException());
        }
    }

    /// <summary>
    /// The subject is stored as who did it, so it must fit, and must not pass for what the service itself writes there. And a token with a header
    /// that a recipient must understand is not valid (RFC 7515 section 4.1.11): the library ignores <c>crit</c>, and this service understands none.
    /// </summary>
    private static Task Check(TokenValidatedContext context)
    {
        var isCritical = ((JsonWebToken)context.SecurityToken).TryGetHeaderValue<object>("crit", out _);
        var usable = context.Principal!.FindAll(HttpCaller.SubjectClaim).ToList() is [{ Value: { Length: > 0 and <= User.ActorMaxLength } subject }]
            && subject.IsPlainLine()
            && !string.IsNullOrWhiteSpace(subject)
            && !ReservedSubjects.Contains(subject)
            && !ReservedPrefixes.Any(prefix => subject.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
        if (isCritical) context.Fail(CriticalHeader);
        else if (!usable) context.Fail(InvalidSubject);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Replaces the framework's texts, which quote the token. If there was no token, WWW-Authenticate is a bare <c>Bearer</c>
    /// (RFC 6750 section 3.1).
    /// </summary>
    private static Task DescribeTokenError(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is null) return Task.CompletedTask;
        if (context.AuthenticateFailure is IssuerUnavailableException)
        {
            context.HandleResponse();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        context.Error = "invalid_token";
        context.ErrorDescription = context.AuthenticateFailure switch
        {
            SecurityTokenExpiredException => "The token has expired",
            SecurityTokenNotYetValidException => "The token is not valid yet",
            SecurityTokenNoExpirationException => "The token does not expire",
            SecurityTokenInvalidAudienceException => "The token is for another audience",
            SecurityTokenInvalidIssuerException => "The token is of another issuer",
            { Message: InvalidSubject or CriticalHeader } => context.AuthenticateFailure.Message,
            _ => "The token can not be verified",
        };
        return Task.CompletedTask;
    }

    /// <summary>The scope that the request needs (RFC 6750 section 3.1).</summary>
    public static void NameTheScope(HttpContext context)
    {
        var scope = context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy;
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"";
    }

    [LoggerMessage(LogLevel.Error, "The issuer's keys can't be fetched ({Reason}): no token can be verified.")]
    private static partial void LogNoKeys(ILogger logger, string reason);

    private sealed class IssuerUnavailableException : Exception;
}
