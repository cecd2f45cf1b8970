using Asp.Versioning;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http;
using CleanUsers.WebApi.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Users;

[ApiController]
[ApiVersion(1.0)]
[Route("api/v{version:apiVersion}/users")]
public sealed class UsersController : ControllerBase
{
    internal const string Path = "/api/v1/users";

    [HttpPost]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Create([FromServices] CreateUser createUser, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(Request, ct);
        return await body.AnswerOnceAsync(body.ToCreateUser(), createUser.ExecuteAsync, user => UserAnswers.Created(Response, user), ct);
    }

    [HttpRead]
    [Authorize(Scopes.Read)]
    public Task<IActionResult> List([FromServices] ListUsers listUsers, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        return input.AnswerAsync(input.ToListQuery<ListUsersQuery>(), listUsers.ExecuteAsync, page => Pages.Of(Response, page, WireJson.Answers.PageUserDto), ct);
    }

    [HttpRead("{id:id}")]
    [Authorize(Scopes.Read)]
    public Task<IActionResult> Get(long id, [FromServices] GetUser getUser, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        var condition = input.Condition();
        return input.AnswerAsync(id, getUser.ExecuteAsync, user => UserAnswers.Read(Response, user, condition), ct);
    }

    [HttpPut("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Replace(long id, [FromServices] ReplaceUser replaceUser, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(Request, ct);
        return await body.AnswerAsync(body.ToReplaceUser(id), replaceUser.ExecuteAsync, user => UserAnswers.Changed(Response, user), ct);
    }

    [HttpPatch("{id:id}")]
    [Authorize(Scopes.Write)]
    public async Task<IActionResult> Patch(long id, [FromServices] PatchUser patchUser, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(Request, ct);
        return await body.AnswerAsync(body.ToPatchUser(id), patchUser.ExecuteAsync, user => UserAnswers.Changed(Response, user), ct);
    }

    [HttpDelete("{id:id}")]
    [Authorize(Scopes.Write)]
    public Task<IActionResult> Delete(long id, [FromServices] DeleteUser deleteUser, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        return input.AnswerAsync(new DeleteUserCommand(id, input.Condition()), deleteUser.ExecuteAsync, ct);
    }
}
