using CleanUsers.Application.Changes;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Changes;

/// <summary>The feed of the changes of all users.</summary>
[ApiController]
[Route("api/v1/changes")]
internal sealed class ChangesController : ControllerBase
{
    [HttpRead]
    [Authorize(Scopes.Changes)]
    [RequestTimeout(HttpSetup.LongPoll)]
    public async Task<IActionResult> List(
        [FromServices] ListChanges listChanges, [FromServices] IValidator<ListChangesQuery> rules, CancellationToken ct)
    {
        var input = ToListChanges();
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listChanges.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    private RequestInput<ListChangesQuery> ToListChanges() => RequestQuery.ToInput(Request, parameters => new ListChangesQuery(
        parameters.Text("cursor").Then(FeedCursor.Parse),
        parameters.PageSize(),
        parameters.WholeNumber("wait", absent: 0).Then(ListChangesQuery.ParseWait)));
}
