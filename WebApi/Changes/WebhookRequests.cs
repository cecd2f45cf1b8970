using CleanUsers.Application;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Domain.Users;
using CleanUsers.WebApi.Http.Input;

namespace CleanUsers.WebApi.Changes;

/// <summary>How requests become the commands and queries of webhooks.</summary>
internal static class WebhookRequests
{
    public static RequestInput<CreateWebhookCommand> ToCreateWebhook(this JsonBody body, HttpRequest request) => body.ToInput(
        request,
        members => new CreateWebhookCommand(
            members.Text("url").Then(WebhookInput.ParseUrl),
            members.OptionalTexts("kinds").Map(kinds => kinds.Then(WebhookInput.ParseKinds))
                .Or(Parsed.Accepted<IReadOnlyList<UserChangeKind>?>(null)),
            members.Text("description").Then(WebhookInput.ParseDescription)),
        headers: []);

    public static RequestInput<PatchWebhookCommand> ToPatchWebhook(this JsonBody body, HttpRequest request, long id, bool requireIfMatch)
    {
        var conditions = RequestConditions.Read(request);
        return body.ToInput(
            request,
            members => new PatchWebhookCommand(
                id,
                conditions.Condition,
                Url: members.OptionalText("url").Map(url => url.Then(WebhookInput.ParseUrl)),
                Kinds: members.OptionalTexts("kinds").Map(kinds => kinds.Then(WebhookInput.ParseKinds)),
                Description: members.OptionalText("description").Map(description => description.Then(WebhookInput.ParseDescription)),
                Status: members.OptionalText("status").Map(status => status.Then(WebhookInput.ParseStatus))),
            conditions.Errors,
            conditions.MissingIfMatch(requireIfMatch));
    }

    public static RequestInput<RedeliverFromCommand> ToRedeliverFrom(this JsonBody body, HttpRequest request, long id) => body.ToInput(
        request, members => new RedeliverFromCommand(id, members.Text("cursor").Then(RedeliverFromCommand.ParseCursor)), headers: []);

    public static RequestInput<ListWebhooksQuery> ToListWebhooks(HttpRequest request) =>
        RequestQuery.ToInput(request, parameters => new ListWebhooksQuery(parameters.PageSize(), parameters.Cursor()));

    public static RequestInput<ListWebhookDeliveriesQuery> ToListDeliveries(HttpRequest request, long id) => RequestQuery.ToInput(
        request,
        parameters => new ListWebhookDeliveriesQuery(
            id, parameters.PageSize(), parameters.Cursor(), parameters.Text("status").Then(ListWebhookDeliveriesQuery.ParseStatus)));
}
