using CleanUsers.Application;
using CleanUsers.Application.ApiKeys;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Security;

namespace CleanUsers.WebApi.ApiKeys;

/// <summary>How requests become the commands and queries of API keys.</summary>
internal static class ApiKeyRequests
{
    public static RequestInput<CreateApiKeyCommand> ToCreateApiKey(this JsonBody body, HttpRequest request) => body.ToInput(
        request,
        members => new CreateApiKeyCommand(
            members.Text("name").Then(ApiKeyInput.ParseName),
            members.OptionalTexts("scopes").Or(Parsed.Accepted<IReadOnlyList<string>?>(null)).Then(Scopes.Parse),
            members.Text("expiresAt").Then(ApiKeyInput.ParseExpiresAt)),
        headers: []);

    public static RequestInput<ListApiKeysQuery> ToListApiKeys(HttpRequest request) =>
        RequestQuery.ToInput(request, parameters => new ListApiKeysQuery(parameters.PageSize(), parameters.Cursor()));
}
