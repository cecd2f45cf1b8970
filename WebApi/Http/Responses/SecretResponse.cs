using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>What was created, with a secret that is shown this once: nothing may store the response (RFC 9111 section 5.2.2.5).</summary>
internal sealed class SecretResponse<T>(T value, string? location = null, long? version = null) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = location;
        if (version is { } tagged) response.Headers.ETag = JsonResponse.EntityTag(tagged);
        response.Headers.CacheControl = "no-store";
        return response.WriteJsonAsync(value);
    }
}
