using System.Text;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Idempotency;

/// <summary>The response to a request with an idempotency key, as it is stored and sent again.</summary>
internal sealed record StoredResponse(int Status, string Body, string? Location, string? EntityTag)
{
    public IActionResult ToResult() => new Replay(this);

    private sealed class Replay(StoredResponse stored) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context)
        {
            var response = context.HttpContext.Response;
            response.StatusCode = stored.Status;
            response.Headers.Location = stored.Location;
            response.Headers.CacheControl = JsonResponse.Revalidated;
            response.Headers.ETag = stored.EntityTag;
            response.Headers[IdempotencyKey.ReplayedHeader] = "true";
            return response.WriteBytesAsync(Encoding.UTF8.GetBytes(stored.Body));
        }
    }
}
