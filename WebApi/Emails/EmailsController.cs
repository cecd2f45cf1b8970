using System.Text.Json;
using Asp.Versioning;
using CleanUsers.Application.Emails;
using CleanUsers.Application.Ports;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http;
using CleanUsers.WebApi.Security;
using CleanUsers.WebApi.Users;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Emails;

[ApiController]
[ApiVersion(1.0)]
[Route("api/v{version:apiVersion}/users/{id:id}/emails")]
public sealed class EmailsController : ControllerBase
{
    /// <summary>
    /// The largest subject and text, of 20,200 characters, have 242,400 bytes where JSON escapes each as two surrogates of 6 bytes; the rest is
    /// for names and spaces.
    /// </summary>
    private const int MaxBodyBytes = 256 * 1024;

    [HttpPost]
    [Authorize(Scopes.Write)]
    [BodyLimit(MaxBodyBytes)]
    public async Task<IActionResult> Queue(long id, [FromServices] QueueEmail queueEmail, CancellationToken ct)
    {
        var body = await JsonBody.ReadAsync(Request, ct);
        var command = new QueueEmailCommand(id, body.Text("subject"), body.Text("text"));
        return await body.AnswerOnceAsync(command, queueEmail.ExecuteAsync, email => Queued(id, email), ct);
    }

    [HttpRead]
    [Authorize(Scopes.Read)]
    public Task<IActionResult> List(long id, [FromServices] ListEmails listEmails, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        var query = new ListEmailsQuery(id, input.WholeNumber("pageSize", absent: UserListQuery.DefaultPageSize), input.Parameter("cursor"));
        return input.AnswerAsync(query, listEmails.ExecuteAsync, page => Pages.Of(Response, page, WireJson.Answers.PageEmailDto), ct);
    }

    [HttpRead("{emailId:id}")]
    [Authorize(Scopes.Read)]
    public Task<IActionResult> Get(long id, long emailId, [FromServices] GetEmail getEmail, CancellationToken ct)
    {
        var input = new RequestInput(Request);
        return input.AnswerAsync(new GetEmailQuery(id, emailId), getEmail.ExecuteAsync, Found, ct);
    }

    private JsonAnswer<EmailDto> Found(EmailDto email)
    {
        Response.Headers.CacheControl = "private, no-cache";
        return new(email, WireJson.Answers.EmailDto);
    }

    private KeptAnswer Queued(long id, EmailDto email) => new(
        id,
        StatusCodes.Status201Created,
        JsonSerializer.Serialize(email, WireJson.Answers.EmailDto),
        $"{Request.PathBase}{UsersController.Path}/{id}/emails/{email.Id}",
        EntityTag: null);
}
