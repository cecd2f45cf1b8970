using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Idempotency;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.Users;

[ApiController]
[Route("api/v1/users")]
internal sealed class UsersController(IOptions<HttpOptions> options) : ControllerBase
{
    [HttpPost]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Create(
        [FromServices] CreateUser createUser, [FromServices] IValidator<CreateUserCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToCreateUser(Request, headers: []);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await createUser.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, Created);
    }

    [HttpPost]
    [WithHeader(IdempotencyKey.Header)]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> CreateOnce(
        [FromServices] CreateUser createUser, [FromServices] IValidator<CreateUserCommand> rules, [FromServices] IdempotentRequests idempotent,
        CancellationToken ct)
    {
        var (key, headers) = IdempotencyKey.Read(Request);
        var body = await JsonBody.ReadAsync(Request, ct);
        var input = body.ToCreateUser(Request, headers);
        if (input.Reject(rules) is { } problem) return problem;
        return await idempotent.ExecuteAsync(new(Request, key, body.Bytes), input, createUser.ExecuteAsync, user => user.Id, Created, ct);
    }

    [HttpRead]
    [Authorize(Scopes.Read)]
    public async Task<IActionResult> List([FromServices] ListUsers listUsers, [FromServices] IValidator<ListUsersQuery> rules, CancellationToken ct)
    {
        var input = UserRequests.ToListQuery<ListUsersQuery>(Request, deleted: false);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listUsers.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    [HttpRead("{id:id}")]
    [Authorize(Scopes.Read)]
    public async Task<IActionResult> Get(long id, [FromServices] GetUser getUser, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => condition);
        if (input.Reject() is { } problem) return problem;
        var result = await getUser.ExecuteAsync(id, ct);
        return input.ToResponse(result, user => Response.Read(user, user.Version, input.Command));
    }

    [HttpPut("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Replace(
        long id, [FromServices] ReplaceUser replaceUser, [FromServices] IValidator<ReplaceUserCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToReplaceUser(Request, id, options.Value.RequireIfMatch);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await replaceUser.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, Changed);
    }

    [HttpPatch("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Patch(
        long id, [FromServices] PatchUser patchUser, [FromServices] IValidator<PatchUserCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToPatchUser(Request, id, options.Value.RequireIfMatch);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await patchUser.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, Changed);
    }

    [HttpDelete("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Delete(long id, [FromServices] DeleteUser deleteUser, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => new DeleteUserCommand(id, condition), options.Value.RequireIfMatch);
        if (input.Reject() is { } problem) return problem;
        var result = await deleteUser.ExecuteAsync(input.Command, ct);
        return input.ToNoContent(result);
    }

    private static JsonResponse<UserDto> Changed(UserDto user) => new(user, version: user.Version);

    private JsonResponse<UserDto> Created(UserDto user) => new(
        user, StatusCodes.Status201Created, location: Resources.PathOfMember(Request, user.Id), version: user.Version);
}
