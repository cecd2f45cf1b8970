using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Changes;

/// <summary>How webhooks that were read look as responses, which depends on the conditions of the request.</summary>
internal static class WebhookResponses
{
    /// <summary>RFC 9110 section 13.2.2: If-Match first, then If-None-Match, whose failure is not an error for a GET.</summary>
    public static IActionResult Read(HttpResponse response, WebhookDto webhook, VersionCondition condition)
    {
        if (!condition.IsExpected(webhook.Version)) return new ProblemResult(ProblemCatalogue.VersionMismatch);
        if (condition.IsNew(webhook.Version)) return new JsonResponse<WebhookDto>(webhook, version: webhook.Version);
        response.Headers.SetVersion(webhook.Version);
        return new StatusCodeResult(StatusCodes.Status304NotModified);
    }
}
