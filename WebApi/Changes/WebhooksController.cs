using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Changes;

/// <summary>Receivers of the changes of all users.</summary>
[ApiController]
[Route("api/v1/webhooks")]
[Authorize(Scopes.Webhooks)]
internal sealed class WebhooksController(IOptions<HttpOptions> options) : ControllerBase
{
    [HttpPost]
    public async Task<IActionResult> Create(
        [FromServices] CreateWebhook createWebhook, [FromServices] IValidator<CreateWebhookCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToCreateWebhook(Request);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await createWebhook.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, webhook => new JsonResponse<CreatedWebhookDto>(
            webhook, StatusCodes.Status201Created, Resources.PathOfMember(Request, webhook.Id), webhook.Version, isSecret: true));
    }

    [HttpRead]
    public async Task<IActionResult> List(
        [FromServices] ListWebhooks listWebhooks, [FromServices] IValidator<ListWebhooksQuery> rules, CancellationToken ct)
    {
        var input = WebhookRequests.ToListWebhooks(Request);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listWebhooks.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    [HttpRead("{id:id}")]
    public async Task<IActionResult> Get(long id, [FromServices] GetWebhook getWebhook, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => condition);
        if (input.Reject() is { } problem) return problem;
        var result = await getWebhook.ExecuteAsync(id, ct);
        return input.ToResponse(result, webhook => Response.Read(webhook, webhook.Version, input.Command));
    }

    [HttpPatch("{id:id}")]
    public async Task<IActionResult> Patch(
        long id, [FromServices] PatchWebhook patchWebhook, [FromServices] IValidator<PatchWebhookCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToPatchWebhook(Request, id, options.Value.RequireIfMatch);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await patchWebhook.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, webhook => new JsonResponse<WebhookDto>(webhook, version: webhook.Version));
    }

    [HttpDelete("{id:id}")]
    public async Task<IActionResult> Delete(long id, [FromServices] DeleteWebhook deleteWebhook, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => new DeleteWebhookCommand(id, condition), options.Value.RequireIfMatch);
        if (input.Reject() is { } problem) return problem;
        var result = await deleteWebhook.ExecuteAsync(input.Command, ct);
        return input.ToNoContent(result);
    }

    [HttpPost("{id:id}/secrets")]
    public async Task<IActionResult> Rotate(long id, [FromServices] RotateWebhookSecret rotateSecret, CancellationToken ct)
    {
        var input = new RequestInput<long>(id, InputPlace.Parameter, RequestInput.UnknownParameters(Request));
        if (input.Reject() is { } problem) return problem;
        var result = await rotateSecret.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, secret => new JsonResponse<WebhookSecretDto>(secret, StatusCodes.Status201Created, isSecret: true));
    }

    [HttpRead("{id:id}/deliveries")]
    public async Task<IActionResult> ListDeliveries(
        long id, [FromServices] ListWebhookDeliveries listDeliveries, [FromServices] IValidator<ListWebhookDeliveriesQuery> rules,
        CancellationToken ct)
    {
        var input = WebhookRequests.ToListDeliveries(Request, id);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listDeliveries.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    [HttpPost("{id:id}/redeliveries")]
    public async Task<IActionResult> Redeliver(
        long id, [FromServices] RedeliverFrom redeliverFrom, [FromServices] IValidator<RedeliverFromCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToRedeliverFrom(Request, id);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await redeliverFrom.ExecuteAsync(input.Command, ct);
        return input.ToNoContent(result);
    }
}
