using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using CleanUsers.WebApi.Users;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CleanUsers.WebApi.DeletedUsers;

[ApiController]
[Route("api/v1/deleted-users")]
internal sealed class DeletedUsersController(IOptions<HttpOptions> options) : ControllerBase
{
    [HttpRead]
    [Authorize(Scopes.Restore)]
    public async Task<IActionResult> List(
        [FromServices] ListDeletedUsers listDeletedUsers, [FromServices] IValidator<ListDeletedUsersQuery> rules, CancellationToken ct)
    {
        var input = UserRequests.ToListQuery<ListDeletedUsersQuery>(Request, deleted: true);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listDeletedUsers.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    [HttpRead("{id:id}")]
    [Authorize(Scopes.Restore)]
    public async Task<IActionResult> Get(long id, [FromServices] GetDeletedUser getDeletedUser, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => condition);
        if (input.Reject() is { } problem) return problem;
        var result = await getDeletedUser.ExecuteAsync(id, ct);
        return input.ToResponse(result, user => Response.Read(user, user.Version, input.Command));
    }

    [HttpPatch("{id:id}")]
    [Authorize(Scopes.Restore)]
    public async Task<IActionResult> Restore(
        long id, [FromServices] RestoreUser restoreUser, [FromServices] IValidator<RestoreUserCommand> rules, CancellationToken ct)
    {
        var input = ToRestoreUser(await JsonBody.ReadAsync(Request, ct), id);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await restoreUser.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, Restored);
    }

    [HttpDelete("{id:id}")]
    [Authorize(Scopes.Purge)]
    public async Task<IActionResult> Purge(long id, [FromServices] PurgeUser purgeUser, CancellationToken ct)
    {
        var input = RequestConditions.ToInput(Request, condition => new PurgeUserCommand(id, condition), options.Value.RequireIfMatch);
        if (input.Reject() is { } problem) return problem;
        var result = await purgeUser.ExecuteAsync(input.Command, ct);
        return input.ToNoContent(result);
    }

    private RequestInput<RestoreUserCommand> ToRestoreUser(JsonBody body, long id)
    {
        var conditions = RequestConditions.Read(Request);
        return body.ToInput(Request, ToCommand, conditions.Errors, conditions.MissingIfMatch(options.Value.RequireIfMatch));

        RestoreUserCommand ToCommand(JsonMembers members)
        {
            members.MustBeFalse("deleted");
            return new(id, conditions.Condition, members.OptionalText("email").Map(email => email.Then(UserInput.ParseEmail)));
        }
    }

    private JsonResponse<UserDto> Restored(UserDto user)
    {
        Response.Headers.ContentLocation = Url.Action(nameof(Get), "Users", new { id = user.Id });
        return new(user, version: user.Version);
    }
}
