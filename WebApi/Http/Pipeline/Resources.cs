using System.Globalization;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Scim;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// Which resources there are, and which methods they have: every resource responds to OPTIONS, with the methods that routing finds for an unknown
/// method.
/// </summary>
internal static class Resources
{
    /// <summary>It leaves the response at 404.</summary>
    private static readonly Endpoint NoAction = new(requestDelegate: null, EndpointMetadataCollection.Empty, displayName: null);

    private const string AcceptPatch = $"{JsonBody.MergePatch}, {JsonBody.Json}";

    private const string AcceptScim = $"{ScimResponses.MediaType}, {JsonBody.Json}";

    public static IApplicationBuilder UseResources(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        // routing takes it for the method, but the case of a method counts (RFC 9110 section 9.1)
        var isOtherCase = HttpMethods.GetCanonicalizedValue(context.Request.Method) != context.Request.Method;
        if (isOtherCase) context.SetEndpoint(NoAction);
        OpenLikeItsReads(context);
        await next(context);
        var response = context.Response;
        var isUnmatched = response.StatusCode == StatusCodes.Status404NotFound && context.GetEndpoint()?.RequestDelegate is null;
        if ((response.StatusCode != StatusCodes.Status405MethodNotAllowed && !isUnmatched) || response.HasStarted) return;

        // not those that routing found: it takes /Users/.search for a user too
        var methods = OfPath(context).SelectMany(resource => resource.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct().Order(StringComparer.Ordinal).ToList();
        if (methods.Count == 0)
        {
            response.Headers.Remove("Allow");
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        response.Headers.Allow = $"{string.Join(", ", methods)}, OPTIONS";
        if (isOtherCase || !HttpMethods.IsOptions(context.Request.Method)) return;

        // as for the other methods: unknown parameters of a resource under /api are reported, and OPTIONS has no parameters
        if (IsApi(context.Request) && new RequestQuery(context.Request).Errors() is { Count: > 0 } errors)
        {
            response.Headers.Remove("Allow");
            await ProblemResult.ValidationFailed(errors).WriteAsync(context);
            return;
        }

        response.StatusCode = StatusCodes.Status204NoContent;
        foreach (var method in methods.Where(method => HttpMethods.IsPatch(method) || HttpMethods.IsPost(method)))
            AnnounceMediaTypes(response, method);
    });

    /// <summary>Whether bodies have the media type of SCIM, and errors its form.</summary>
    public static bool IsScim(HttpRequest request) => request.Path.StartsWithSegments("/scim", StringComparison.OrdinalIgnoreCase);

    public static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path of a member of the collection that the request is for.</summary>
    public static string PathOfMember(HttpRequest request, long id) =>
        string.Create(CultureInfo.InvariantCulture, $"{request.PathBase.Add(request.Path).ToUriComponent().TrimEnd('/')}/{id}");

    /// <summary>
    /// If a resource lacks the method, routing selects an endpoint of its own, without the metadata of the resource: authorization would require a
    /// token for OPTIONS where GET needs none.
    /// </summary>
    private static void OpenLikeItsReads(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint is RouteEndpoint) return;
        if (!OfPath(context).Any(resource => resource.Metadata.GetMetadata<IAllowAnonymous>() is not null)) return;
        context.SetEndpoint(new Endpoint(
            endpoint.RequestDelegate, new EndpointMetadataCollection(endpoint.Metadata.Append(new AllowAnonymousAttribute())), endpoint.DisplayName));
    }

    /// <summary>
    /// Routing decides on the method before it looks at the constraints of a path: until then /users/abc seems to be a resource that
    /// lacks the method. It is not a resource.
    /// </summary>
    private static IEnumerable<RouteEndpoint> OfPath(HttpContext context) => context.RequestServices.GetRequiredService<EndpointDataSource>()
        .Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint =>
        {
            var values = new RouteValueDictionary();
            return new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []).TryMatch(context.Request.Path, values)
                && MeetsConstraints(context, endpoint.RoutePattern, values);
        });

    private static bool MeetsConstraints(HttpContext context, RoutePattern pattern, RouteValueDictionary values)
    {
        var factory = context.RequestServices.GetRequiredService<ParameterPolicyFactory>();
        return pattern.ParameterPolicies.All(parameter => parameter.Value
            .Select(policy => factory.Create(pattern.GetParameter(parameter.Key), policy))
            .OfType<IRouteConstraint>()
            .All(constraint => constraint.Match(context, route: null, parameter.Key, values, RouteDirection.IncomingRequest)));
    }

    /// <summary>Announces the media types that a method accepts (RFC 5789 section 3.1 for PATCH, the W3C's LDP section 7.1 for the others).</summary>
    public static void AnnounceMediaTypes(HttpResponse response, string method)
    {
        var isScim = IsScim(response.HttpContext.Request);
        if (HttpMethods.IsPatch(method)) response.Headers["Accept-Patch"] = isScim ? AcceptScim : AcceptPatch;
        else response.Headers["Accept-Post"] = isScim ? AcceptScim : JsonBody.Json;
    }
}
