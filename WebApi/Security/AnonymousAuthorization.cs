using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace CleanUsers.WebApi.Security;

/// <summary>A caller without a token may do everything. A token that is sent is checked in any case.</summary>
internal sealed class AnonymousAuthorization(IAuthorizationService authorization) : PolicyEvaluator(authorization)
{
    private static readonly PolicyAuthorizationResult Allowed = PolicyAuthorizationResult.Success();

    /// <param name="authenticationResult">None for a rejected token, too.</param>
    public override async Task<PolicyAuthorizationResult> AuthorizeAsync(
        AuthorizationPolicy policy, AuthenticateResult authenticationResult, HttpContext context, object? resource) =>
        authenticationResult.None && (await context.AuthenticateAsync()).None
            ? Allowed
            : await base.AuthorizeAsync(policy, authenticationResult, context, resource);
}
