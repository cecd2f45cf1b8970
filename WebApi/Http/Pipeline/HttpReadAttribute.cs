using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Mvc.Routing;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>GET, and HEAD with it: the same response, whose body the web server leaves out (RFC 9110 section 9.3.2).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HttpReadAttribute([StringSyntax("Route")] string template = "") : HttpMethodAttribute(["GET", "HEAD"], template);
