using System.Security.Claims;
using CleanUsers.Application;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Ports;
using Microsoft.AspNetCore.Authorization;

namespace CleanUsers.WebApi.Security;

/// <summary>What a token can allow (RFC 6749 section 3.3). Each is also the name of the policy that requires it.</summary>
internal static class Scopes
{
    /// <summary>Read users that are not deleted.</summary>
    public const string Read = "users.read";

    /// <summary>Create, change and delete users.</summary>
    public const string Write = "users.write";

    /// <summary>Read and restore deleted users.</summary>
    public const string Restore = "users.restore";

    /// <summary>Erase users for good.</summary>
    public const string Purge = "users.purge";

    /// <summary>Read the changes of all users.</summary>
    public const string Changes = "changes.read";

    /// <summary>Create, read, change and delete webhooks.</summary>
    public const string Webhooks = "webhooks.manage";

    /// <summary>Create, read, rotate and revoke API keys.</summary>
    public const string Keys = "keys.manage";

    /// <summary>Create, read, change and delete users by SCIM, for identity providers.</summary>
    public const string Scim = "scim";

    /// <summary>Read the metrics.</summary>
    public const string Metrics = "metrics.read";

    /// <summary>The claim that holds scopes, with a space between them (RFC 8693 section 4.2).</summary>
    internal const string Claim = "scope";

    public static readonly IReadOnlyList<string> All = [Read, Write, Restore, Purge, Changes, Webhooks, Keys, Scim, Metrics];

    // some issuers write scopes as an array, which comes as several claims; some call it scp
    private static readonly string[] Claims = [Claim, "scp"];

    /// <summary>A policy for each scope; an endpoint without a policy, and a path without an endpoint, requires any authenticated caller.</summary>
    public static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var scope in All) options.AddPolicy(scope, policy => policy.RequireAssertion(context => Has(context.User, scope)));
        options.FallbackPolicy = options.DefaultPolicy;
    }

    /// <summary>The scopes of an API key: each at most once, in the order of <see cref="All"/>.</summary>
    public static Parsed<IReadOnlyList<string>> Parse(IReadOnlyList<string>? texts)
    {
        if (texts is null) return Rejected("required", "Scopes is required: an array of scopes.");
        if (texts.Count == 0) return Rejected("too-short", "Scopes must have at least one scope.");
        if (texts.Any(text => !All.Contains(text))) return Rejected("unknown-value", $"Scopes must have only {string.Join(", ", All)}.");
        return texts.Distinct().Count() == texts.Count
            ? Parsed.Accepted<IReadOnlyList<string>>([.. All.Where(texts.Contains)])
            : Rejected("repeated", "Scopes must have each scope once.");

        static Parsed<IReadOnlyList<string>> Rejected(string code, string detail) => Parsed.Rejected<IReadOnlyList<string>>(code, detail);
    }

    public static bool Has(ClaimsPrincipal caller, string scope)
    {
        foreach (var claim in caller.Claims)
        {
            if (!Claims.Contains(claim.Type)) continue;
            foreach (var part in claim.Value.AsSpan().Split(' '))
                if (claim.Value.AsSpan(part).SequenceEqual(scope)) return true;
        }

        return false;
    }
}

/// <summary>
/// The subject of the request's token (RFC 7519 section 4.1.2) or API key, or <c>anonymous</c>; outside of requests, the service itself.
/// </summary>
internal sealed class HttpCaller(IHttpContextAccessor accessor) : ICaller
{
    public const string Anonymous = "anonymous";

    public const string Service = "service";

    public const string SubjectClaim = "sub";

    /// <summary>The claim of an API key that a caller without a token has made.</summary>
    public const string AnonymousClaim = "anonymous";

    private const string BearerPrefix = "Bearer ";

    public string Name => accessor.HttpContext is { } request ? Subject(request.User) ?? Anonymous : Service;

    /// <summary>Without a token or API key, or with a key that such a caller has made. The claims of a token are its issuer's.</summary>
    public bool IsAnonymous => accessor.HttpContext is { } request && (Subject(request.User) is null
        || (request.User.Identity?.AuthenticationType == ApiKeyHandler.SchemeName && request.User.HasClaim(IsAnonymousClaim)));

    public bool Has(string scope) => accessor.HttpContext?.User is not { Identity.IsAuthenticated: true } caller || Scopes.Has(caller, scope);

    public static string? Subject(ClaimsPrincipal? caller) => caller?.FindFirst(SubjectClaim)?.Value;

    /// <summary>What the request has as its bearer token (RFC 6750 section 2.1); empty if it has none.</summary>
    public static ReadOnlySpan<char> Token(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? authorization.AsSpan(BearerPrefix.Length).Trim() : [];
    }

    /// <summary>The scheme for the request's token: that of API keys for what looks like one, null for the default.</summary>
    public static string? SchemeOf(HttpContext context) =>
        Token(context.Request).StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal) ? ApiKeyHandler.SchemeName : null;

    private static bool IsAnonymousClaim(Claim claim) => claim.Type == AnonymousClaim;
}
