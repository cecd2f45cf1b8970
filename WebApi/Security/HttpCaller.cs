using System.Security.Claims;
using CleanUsers.Application.Ports;

namespace CleanUsers.WebApi.Security;

/// <summary>The subject of the request's token (RFC 7519 section 4.1.2), or <c>anonymous</c>.</summary>
internal sealed class HttpCaller(IHttpContextAccessor accessor) : ICaller
{
    public const string Anonymous = "anonymous";

    public const string SubjectClaim = "sub";

    public string Name => Subject(accessor.HttpContext?.User) ?? Anonymous;

    public static string? Subject(ClaimsPrincipal? caller) => caller?.FindFirst(SubjectClaim)?.Value;
}
