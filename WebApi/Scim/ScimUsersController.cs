using CleanUsers.Application.Scim;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Scim;

/// <summary>Users for identity providers (RFC 7644): a second face of the same use cases.</summary>
[ApiController]
[Route("scim/v2/Users")]
[Authorize(Scopes.Scim)]
[RejectsInvalidScim]
internal sealed class ScimUsersController : ControllerBase
{
    [HttpPost]
    public async Task<IActionResult> Create([FromServices] CreateScimUser createUser, CancellationToken ct)
    {
        var projection = ScimRequests.ToProjection(Request);
        var (body, problem) = await ScimBody.ReadAsync(Request, ct);
        if (problem is not null) return problem;
        body!.CheckSchemas(ScimSchema.Core);
        var input = ScimUserMapping.ToInput(ScimPatch.Read(body!), present: null, isPatch: false);
        var result = await createUser.ExecuteAsync(input, ct);
        return result.ToResponse(InputPlace.Member, user => Show(user, projection, StatusCodes.Status201Created, Location(user)));
    }

    [HttpRead]
    public async Task<IActionResult> List([FromServices] ListScimUsers listUsers, CancellationToken ct)
    {
        var (query, projection) = ScimRequests.ToList(Request);
        return Show(await listUsers.ExecuteAsync(query, ct), query, projection);
    }

    [HttpPost(".search")]
    public async Task<IActionResult> Search([FromServices] ListScimUsers listUsers, CancellationToken ct)
    {
        var (body, problem) = await ScimBody.ReadAsync(Request, ct);
        if (problem is not null) return problem;
        var (query, projection) = ScimRequests.ToSearch(body!);
        return Show(await listUsers.ExecuteAsync(query, ct), query, projection);
    }

    [HttpRead("{id:id}")]
    public async Task<IActionResult> Get(long id, [FromServices] GetScimUser getUser, CancellationToken ct)
    {
        var projection = ScimRequests.ToProjection(Request);
        var conditions = RequestConditions.Read(Request, TagComparison.Weak);
        if (conditions.Errors.Count > 0) return ProblemResult.ValidationFailed(conditions.Errors);
        var result = await getUser.ExecuteAsync(id, ct);
        return result.ToResponse(InputPlace.Member, user =>
            Response.FindOutcome(conditions.Condition, user.User.Version, ScimResponses.SetWeakVersion) ?? Show(user, projection));
    }

    [HttpPut("{id:id}")]
    public async Task<IActionResult> Replace(long id, [FromServices] ChangeScimUser changeUser, CancellationToken ct)
    {
        var (body, problem) = await ScimBody.ReadAsync(Request, ct);
        if (problem is not null) return problem;
        body!.CheckSchemas(ScimSchema.Core);
        var state = ScimPatch.Read(body!);
        return await ChangeAsync(changeUser, id, user => ScimUserMapping.ToInput(state, user, isPatch: false), ct);
    }

    [HttpPatch("{id:id}")]
    public async Task<IActionResult> Patch(long id, [FromServices] ChangeScimUser changeUser, CancellationToken ct)
    {
        var (body, problem) = await ScimBody.ReadAsync(Request, ct);
        if (problem is not null) return problem;
        var operations = ScimRequests.ToOperations(body!);
        return await ChangeAsync(
            changeUser, id,
            user => ScimUserMapping.ToInput(ScimPatch.Apply(ScimUserMapping.ToAttributes(user), operations), user, isPatch: true), ct);
    }

    [HttpDelete("{id:id}")]
    public async Task<IActionResult> Delete(long id, [FromServices] DeleteUser deleteUser, CancellationToken ct)
    {
        var conditions = RequestConditions.Read(Request, TagComparison.Weak);
        if (conditions.Errors.Count > 0) return ProblemResult.ValidationFailed(conditions.Errors);
        var result = await deleteUser.ExecuteAsync(new DeleteUserCommand(id, conditions.Condition), ct);
        return result.ToNoContent(InputPlace.Parameter);
    }

    private async Task<IActionResult> ChangeAsync(ChangeScimUser changeUser, long id, Func<ScimUserDto, ScimUserInput> change, CancellationToken ct)
    {
        var projection = ScimRequests.ToProjection(Request);
        var conditions = RequestConditions.Read(Request, TagComparison.Weak);
        if (conditions.Errors.Count > 0) return ProblemResult.ValidationFailed(conditions.Errors);
        var result = await changeUser.ExecuteAsync(new ChangeScimUserCommand(id, conditions.Condition, change, ScimUserMapping.IsSame), ct);
        return result.ToResponse(InputPlace.Member, user => Show(user, projection));
    }

    private ScimResponse Show(ScimUserDto user, ScimProjection projection, int status = StatusCodes.Status200OK, string? location = null) => new(
        projection.Apply(ScimUserMapping.ToJson(user, Location(user))), status, user.User.Version, location);

    private ScimResponse Show(ScimPage page, ListScimUsersQuery query, ScimProjection projection) => new(ScimResponses.ToList(
        page.TotalResults, query.StartIndex, [.. page.Users.Select(user => projection.Apply(ScimUserMapping.ToJson(user, Location(user))))]));

    private string Location(ScimUserDto user) => ScimResponses.UrlOf(Request, $"Users/{user.User.Id}");
}
