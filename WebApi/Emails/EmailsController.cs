using CleanUsers.Application.Emails;
using CleanUsers.WebApi.Http.Idempotency;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Responses;
using CleanUsers.WebApi.Security;
using FluentValidation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Emails;

[ApiController]
[Route("api/v1/users/{id:id}/emails")]
internal sealed class EmailsController : ControllerBase
{
    /// <summary>
    /// The largest subject and text, of 20,200 characters, have 242,400 bytes where JSON escapes each as two surrogates of 6 bytes; the rest is
    /// for names and spaces.
    /// </summary>
    private const int MaxBodyBytes = 256 * 1024;

    [HttpPost]
    [Authorize(Scopes.Write)]
    [BodyLimit(MaxBodyBytes)]
    public async Task<IActionResult> Queue(
        long id, [FromServices] QueueEmail queueEmail, [FromServices] IValidator<QueueEmailCommand> rules, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(Request, ct);
        var input = body.ToInput(Request, members => ToQueueEmail(id, members), headers: []);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await queueEmail.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, Queued);
    }

    [HttpPost]
    [WithHeader(IdempotencyKey.Header)]
    [Authorize(Scopes.Write)]
    [BodyLimit(MaxBodyBytes)]
    public async Task<IActionResult> QueueOnce(
        long id, [FromServices] QueueEmail queueEmail, [FromServices] IValidator<QueueEmailCommand> rules,
        [FromServices] IdempotentRequests idempotent,
        CancellationToken ct)
    {
        var (key, headers) = IdempotencyKey.Read(Request);
        var body = await JsonBody.ReadAsync(Request, ct);
        var input = body.ToInput(Request, members => ToQueueEmail(id, members), headers);
        if (input.Reject(rules) is { } problem) return problem;
        return await idempotent.ExecuteAsync(new(Request, key, body.Bytes), input, queueEmail.ExecuteAsync, _ => id, Queued, ct);
    }

    [HttpRead]
    [Authorize(Scopes.Read)]
    public async Task<IActionResult> List(
        long id, [FromServices] ListEmails listEmails, [FromServices] IValidator<ListEmailsQuery> rules, CancellationToken ct)
    {
        var input = ToListEmails(id);
        if (input.Reject(rules) is { } problem) return problem;
        var result = await listEmails.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, page => PageResponses.Of(Response, page));
    }

    [HttpRead("{emailId:id}")]
    [Authorize(Scopes.Read)]
    public async Task<IActionResult> Get(long id, long emailId, [FromServices] GetEmail getEmail, CancellationToken ct)
    {
        var input = new RequestInput<GetEmailQuery>(new(id, emailId), InputPlace.Parameter, RequestInput.UnknownParameters(Request));
        if (input.Reject() is { } problem) return problem;
        var result = await getEmail.ExecuteAsync(input.Command, ct);
        return input.ToResponse(result, email => new JsonResponse<EmailDto>(email));
    }

    private static QueueEmailCommand ToQueueEmail(long id, JsonMembers members) => new(
        id, members.Text("subject").Then(QueueEmailCommand.ParseSubject), members.Text("text").Then(QueueEmailCommand.ParseText));

    private RequestInput<ListEmailsQuery> ToListEmails(long id) =>
        RequestQuery.ToInput(Request, parameters => new ListEmailsQuery(id, parameters.PageSize(), parameters.Cursor()));

    private JsonResponse<EmailDto> Queued(EmailDto email) => new(
        email, StatusCodes.Status201Created, location: Resources.PathOfMember(Request, email.Id));
}
