using System.Security.Claims;

namespace CleanUsers.WebApi.Security;

/// <summary>What a token lets its bearer do (RFC 6749 section 3.3): claim <c>scope</c>, or <c>scp</c> as some issuers name it.</summary>
internal static class Scopes
{
    /// <summary>Only callers with this scope, where callers have tokens at all.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope, IConfiguration configuration)
        where TBuilder : IEndpointConventionBuilder => configuration.GetValue<bool>(AuthenticationSetup.AllowAnonymousKey)
            ? endpoint.AllowAnonymous()
            : endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Has(context.User, scope)));

    private static bool Has(ClaimsPrincipal caller, string scope) => caller.Claims
        .Where(claim => claim.Type is "scope" or "scp")
        .Any(claim => claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal));
}
