using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Security;

/// <summary>A request without <c>Authorization</c> skips authentication.</summary>
internal sealed class TokenAuthentication(
    IAuthenticationSchemeProvider schemes, IAuthenticationHandlerProvider handlers, IClaimsTransformation claims,
    IOptions<AuthenticationOptions> options)
    : AuthenticationService(schemes, handlers, claims, options)
{
    public override Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
        context.Request.Headers.Authorization.Count == 0 ? Task.FromResult(AuthenticateResult.NoResult()) : base.AuthenticateAsync(context, scheme);
}
