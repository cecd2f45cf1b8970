using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Changes;

/// <summary>How webhooks look as responses: the body, and the headers that go with it.</summary>
internal static class WebhookResponses
{
    public static JsonResponse<CreatedWebhookDto> Created(HttpResponse response, CreatedWebhookDto webhook, string location)
    {
        response.Headers.Location = location;
        response.Headers.ETag = EntityTags.Of(webhook.Version);
        return Secret(response, webhook);
    }

    public static JsonResponse<WebhookSecretDto> Rotated(HttpResponse response, WebhookSecretDto secret) => Secret(response, secret);

    public static JsonResponse<WebhookDto> Changed(HttpResponse response, WebhookDto webhook)
    {
        Tag(response, webhook.Version);
        return new(webhook);
    }

    /// <summary>RFC 9110 section 13.2.2: If-Match first, then If-None-Match, whose failure is not an error for a GET.</summary>
    public static IActionResult Read(HttpResponse response, WebhookDto webhook, VersionCondition condition)
    {
        if (!condition.IsExpected(webhook.Version)) return new ProblemResult(ProblemCatalogue.VersionMismatch);
        Tag(response, webhook.Version);
        return condition.IsNew(webhook.Version)
            ? new JsonResponse<WebhookDto>(webhook)
            : new StatusCodeResult(StatusCodes.Status304NotModified);
    }

    private static JsonResponse<T> Secret<T>(HttpResponse response, T body)
    {
        response.Headers.CacheControl = "no-store";
        return new(body, StatusCodes.Status201Created);
    }

    private static void Tag(HttpResponse response, long version)
    {
        response.Headers.ETag = EntityTags.Of(version);
        response.Headers.CacheControl = "private, no-cache";
    }
}
