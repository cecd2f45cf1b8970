using System.Text;
using CleanUsers.Application.Ports;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http;

/// <summary>An answer that was kept under an idempotency key: the same each time, but for a header that says that it is a replay.</summary>
internal sealed class KeptAnswerResult(KeptAnswer answer, bool replayed) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = answer.Status;
        response.Headers.Location = answer.Location;
        response.Headers.CacheControl = "private, no-cache";
        if (answer.EntityTag is not null) response.Headers.ETag = answer.EntityTag;
        if (replayed) response.Headers["Idempotency-Replayed"] = "true";
        return response.WriteJsonAsync("application/json", Encoding.UTF8.GetBytes(answer.Body));
    }
}
