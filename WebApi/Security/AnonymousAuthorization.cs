using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Security;

/// <summary>
/// A caller without a token may do everything, but for the pages of other sites: a browser sends their requests without a preflight where they have
/// no body. A token that is sent is checked in any case.
/// </summary>
internal sealed class AnonymousAuthorization(IAuthorizationService authorization, IOptions<CrossOriginOptions> origins)
    : PolicyEvaluator(authorization)
{
    private static readonly PolicyAuthorizationResult Allowed = PolicyAuthorizationResult.Success();

    /// <param name="authenticationResult">None for a rejected token, too.</param>
    public override async Task<PolicyAuthorizationResult> AuthorizeAsync(
        AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        authenticationResult.None && (await context.AuthenticateAsync()).None && !IsWriteOfAnotherSite(context.Request)
            ? Allowed
            : await base.AuthorizeAsync(policy, authenticationResult, context, resource);

    /// <summary>By what every browser adds (Fetch Metadata section 2.4).</summary>
    private bool IsWriteOfAnotherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"]
        && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && !origins.Value.Origins.Contains(request.Headers.Origin.ToString());
}
