using System.Security.Claims;
using CleanUsers.Application.Ports;
using Microsoft.AspNetCore.Authentication;
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

    /// <summary>Create, read, change and delete users by SCIM, for identity providers.</summary>
    public const string Scim = "scim";

    /// <summary>Read the metrics.</summary>
    public const string Metrics = "metrics.read";

    private static readonly string[] All = [Read, Write, Restore, Purge, Changes, Webhooks, Scim, Metrics];

    // RFC 8693 section 4.2 writes scopes as one string, some issuers as an array, which comes as several claims; some call it scp
    private static readonly string[] Claims = ["scope", "scp"];

    /// <summary>A policy for each scope; an endpoint without a policy, and a path without an endpoint, requires any authenticated caller.</summary>
    public static void AddPolicies(AuthorizationOptions options, bool allowAnonymous)
    {
        foreach (var scope in All) options.AddPolicy(scope, policy => policy.AddRequirements(new Requirement(scope, allowAnonymous)));
        options.FallbackPolicy = new AuthorizationPolicyBuilder().AddRequirements(new Requirement(Scope: null, allowAnonymous)).Build();
    }

    private static bool Has(ClaimsPrincipal caller, string scope)
    {
        foreach (var claim in caller.Claims)
        {
            if (!Claims.Contains(claim.Type)) continue;
            foreach (var part in claim.Value.AsSpan().Split(' '))
                if (claim.Value.AsSpan(part).SequenceEqual(scope)) return true;
        }

        return false;
    }

    /// <param name="Scope">The scope that the token must have; null if any token is enough.</param>
    /// <param name="AllowAnonymous">Whether a caller without a token is accepted too. A token that is sent is checked in any case.</param>
    private sealed record Requirement(string? Scope, bool AllowAnonymous) : IAuthorizationRequirement, IAuthorizationHandler
    {
        public async Task HandleAsync(AuthorizationHandlerContext context)
        {
            var allowed = context.User.Identity?.IsAuthenticated == true
                ? Scope is null || Has(context.User, Scope)
                : AllowAnonymous && context.Resource is HttpContext http && await IsWithoutTokenAsync(http);
            if (allowed) context.Succeed(this);
        }

        private static async ValueTask<bool> IsWithoutTokenAsync(HttpContext http) =>
            http.Request.Headers.Authorization.Count == 0 || (await http.AuthenticateAsync()).None;
    }
}

/// <summary>The subject of the request's token (RFC 7519 section 4.1.2), or <c>anonymous</c>; outside of requests, the service itself.</summary>
internal sealed class HttpCaller(IHttpContextAccessor accessor) : ICaller
{
    public const string Anonymous = "anonymous";

    public const string Service = "service";

    public const string SubjectClaim = "sub";

    public string Name => accessor.HttpContext is { } request ? Subject(request.User) ?? Anonymous : Service;

    public static string? Subject(ClaimsPrincipal? caller) => caller?.FindFirst(SubjectClaim)?.Value;
}
