using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Http.Pipeline;

/// <summary>
/// Another limit for the body of an action than <see cref="HttpOptions.MaxBodyBytes"/>, and the rate that goes with it. Routing applies the
/// size before anything reads the body; the rate is one of the connection in HTTP/2, and stays what it is there.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BodyLimitAttribute(int bytes) : Attribute, IRequestSizeLimitMetadata, IResourceFilter
{
    public long? MaxRequestBodySize => bytes;

    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        var protocol = context.HttpContext.Request.Protocol;
        if (!HttpProtocol.IsHttp11(protocol) && !HttpProtocol.IsHttp10(protocol)) return;
        var options = context.HttpContext.RequestServices.GetRequiredService<IOptions<HttpOptions>>().Value;
        context.HttpContext.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = WebServerLimits.BodyRate(bytes, options);
    }

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}
