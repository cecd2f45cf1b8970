using CleanUsers.Application.ApiKeys;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.ApiKeys;

/// <summary>Keys of clients that can't fetch tokens.</summary>
[ApiController]
[Route("api/v1/api-keys")]
[Authorize(Scopes.Keys)]
internal sealed class ApiKeysController(IOptions<HttpOptions> options) : ControllerBase
{
    [HttpPost]
    public async Task<IActionResult> Create(
        [FromServices] CreateApiKey createKey, [FromServices] IValidator<CreateApiKeyCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToCreateApiKey(Request);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await createKey.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, key => new JsonResponse<CreatedApiKeyDto>(
            key, StatusCodes.Status201Created, Resources.PathOfMember(Request, key.Id), key.Version, isSecret: true));
    }

    [HttpRead]
    public async Task<IActionResult> List(
        [FromServices] ListApiKeys listKeys, [FromServices] IValidator<ListApiKeysQuery> rules, CancellationToken ct)
    {
        var input = ApiKeyRequests.ToListApiKeys(Request);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listKeys.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    [HttpRead("{id:id}")]
    public async Task<IActionResult> Get(long id, [FromServices] GetApiKey getKey, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => condition);
        if (input.Reject() is { } problem) return problem;
        var result = await getKey.ExecuteAsync(id, ct);
        return input.ToResponse(result, key => Response.Read(key, key.Version, input.Command));
    }

    [HttpDelete("{id:id}")]
    public async Task<IActionResult> Revoke(long id, [FromServices] RevokeApiKey revokeKey, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => new RevokeApiKeyCommand(id, condition), options.Value.RequireIfMatch);
        if (input.Reject() is { } problem) return problem;
        var result = await revokeKey.ExecuteAsync(input.Command, ct);
        return input.ToNoContent(result);
    }

    [HttpPost("{id:id}/rotations")]
    public async Task<IActionResult> Rotate(long id, [FromServices] RotateApiKey rotateKey, CancellationToken ct)
    {
        var input = new RequestInput<long>(id, InputPlace.Parameter, RequestInput.UnknownParameters(Request));
        if (input.Reject() is { } problem) return problem;
        var result = await rotateKey.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, key => new JsonResponse<RotatedApiKeyDto>(key, StatusCodes.Status201Created, isSecret: true));
    }
}
