using Asp.Versioning;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.WebApi.Http;
using CleanUsers.WebApi.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Users;

[ApiController]
[ApiVersion(1.0)]
[Route("api/v{version:apiVersion}/deleted-users")]
public sealed class DeletedUsersController : ControllerBase
{
    [HttpRead]
    [Authorize(Scopes.Restore)]
    public Task<IActionResult> List([FromServices] ListDeletedUsers listDeletedUsers, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        return input.AnswerAsync(
            input.ToListQuery<ListDeletedUsersQuery>(), listDeletedUsers.ExecuteAsync, page => Pages.Of(Response, page, WireJson.Answers.PageDeletedUserDto), ct);
    }

    [HttpRead("{id:id}")]
    [Authorize(Scopes.Restore)]
    public Task<IActionResult> Get(long id, [FromServices] GetDeletedUser getDeletedUser, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        var condition = input.Condition();
        return input.AnswerAsync(id, getDeletedUser.ExecuteAsync, user => UserAnswers.Read(Response, user, condition), ct);
    }

    [HttpPatch("{id:id}")]
    [Authorize(Scopes.Restore)]
    public async Task<IActionResult> Restore(long id, [FromServices] RestoreUser restoreUser, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(Request, ct);
        return await body.AnswerAsync(body.ToRestoreUser(id), restoreUser.ExecuteAsync, user => UserAnswers.Restored(Response, user), ct);
    }

    [HttpDelete("{id:id}")]
    [Authorize(Scopes.Purge)]
    public Task<IActionResult> Purge(long id, [FromServices] PurgeUser purgeUser, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        return input.AnswerAsync(new PurgeUserCommand(id, input.Condition()), purgeUser.ExecuteAsync, ct);
    }
}
