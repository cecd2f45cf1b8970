using CleanUsers.Application.Changes;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Changes;

/// <summary>The history of a user, also while it is in the recycle bin.</summary>
[ApiController]
[Route("api/v1")]
internal sealed class HistoryController : ControllerBase
{
    [HttpRead("users/{id:id}/history")]
    [Authorize(Scopes.Read)]
    public Task<IActionResult> OfUser(
        long id, [FromServices] ListHistory listHistory, [FromServices] IValidator<ListHistoryQuery> rules, CancellationToken ct) =>
        ListAsync(id, deleted: false, listHistory, rules, ct);

    [HttpRead("deleted-users/{id:id}/history")]
    [Authorize(Scopes.Restore)]
    public Task<IActionResult> OfDeletedUser(
        long id, [FromServices] ListHistory listHistory, [FromServices] IValidator<ListHistoryQuery> rules, CancellationToken ct) =>
        ListAsync(id, deleted: true, listHistory, rules, ct);

    private async Task<IActionResult> ListAsync(
        long id, bool deleted, ListHistory listHistory, IValidator<ListHistoryQuery> rules, CancellationToken ct)
    {
        var input = ToListHistory(id, deleted);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listHistory.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    private RequestInput<ListHistoryQuery> ToListHistory(long id, bool deleted) =>
        RequestQuery.ToInput(Request, parameters => new ListHistoryQuery(id, deleted, parameters.PageSize(), parameters.Cursor()));
}
