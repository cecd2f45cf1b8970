using Asp.Versioning;
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
[ApiVersion(1.0)]
[Route("api/v{version:apiVersion}/users")]
internal sealed class UsersController(IOptions<HttpOptions> options) : ControllerBase
{
    [HttpPost]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Create(
        [FromServices] CreateUser createUser, [FromServices] IValidator<CreateUserCommand> rules, [FromServices] IdempotentRequests idempotent,
        CancellationToken ct)
    {
        var (key, headers) = IdempotencyKey.Read(Request);
        var body = await JsonBody.ReadAsync(Request, ct);
        var input = body.ToCreateUser(Request, headers);
        if (input.Reject(rules) is { } problem) return problem;
        if (key is not null)
        {
            return await idempotent.ExecuteAsync(
                new(Request, key, body.Bytes), token => createUser.ExecuteAsync(input.Command, token), user => user.Id,
                user => UserResponses.ToStore(user, Resources.PathOfMember(Request, user.Id)), ct);
        }

        var result = await createUser.ExecuteAsync(input.Command, ct);
        return result.ToResponse(input.Place, user => UserResponses.Created(Response, user, Resources.PathOfMember(Request, user.Id)));
    }

    [HttpRead]
    [Authorize(Scopes.Read)]
    public async Task<IActionResult> List([FromServices] ListUsers listUsers, [FromServices] IValidator<ListUsersQuery> rules, CancellationToken ct)
    {
        var input = UserRequests.ToListQuery<ListUsersQuery>(Request, deleted: false);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listUsers.ExecuteAsync(input.Command, ct);
        return result.ToResponse(input.Place, page => PageResponses.Of(Response, page));
    }

    [HttpRead("{id:id}")]
    [Authorize(Scopes.Read)]
    public async Task<IActionResult> Get(long id, [FromServices] GetUser getUser, CancellationToken ct)
    {
        var input = UserRequests.Conditional(Request, condition => condition);
        if (input.Reject() is { } problem) return problem;
        var result = await getUser.ExecuteAsync(id, ct);
        return result.ToResponse(input.Place, user => UserResponses.Read(Response, user, input.Command));
    }

    [HttpPut("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Replace(
        long id, [FromServices] ReplaceUser replaceUser, [FromServices] IValidator<ReplaceUserCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToReplaceUser(Request, id, options.Value.RequireIfMatch);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await replaceUser.ExecuteAsync(input.Command, ct);
        return result.ToResponse(input.Place, user => UserResponses.Changed(Response, user));
    }

    [HttpPatch("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Patch(
        long id, [FromServices] PatchUser patchUser, [FromServices] IValidator<PatchUserCommand> rules, CancellationToken ct)
    {
        var input = (await JsonBody.ReadAsync(Request, ct)).ToPatchUser(Request, id, options.Value.RequireIfMatch);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await patchUser.ExecuteAsync(input.Command, ct);
        return result.ToResponse(input.Place, user => UserResponses.Changed(Response, user));
    }

    [HttpDelete("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Delete(long id, [FromServices] DeleteUser deleteUser, CancellationToken ct)
    {
        var input = UserRequests.Conditional(Request, condition => new DeleteUserCommand(id, condition), options.Value.RequireIfMatch);
        if (input.Reject() is { } problem) return problem;
        var result = await deleteUser.ExecuteAsync(input.Command, ct);
        return result.ToNoContent(input.Place);
    }
}
