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

    /// <summary>
    /// By what browsers add: Sec-Fetch-Site (Fetch Metadata) over TLS and on the same machine, and Origin (Fetch Standard) in any case, which a proxy
    /// that is not trusted makes look like another one.
    /// </summary>
    private bool IsWriteOfAnotherSite(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return false;
        var (site, origin) = (request.Headers["Sec-Fetch-Site"], request.Headers.Origin);
        if (site.Count == 0 && origin.Count == 0) return false; // not a browser
        var isSame = site.Count > 0 ? site is ["same-origin" or "none"] : origin == $"{request.Scheme}://{request.Host}";
        return !isSame && !origins.Value.Origins.Contains(origin.ToString());
    }
}
