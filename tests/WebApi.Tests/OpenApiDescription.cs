using System.Text.Json.Nodes;
using CleanUsers.Application;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Users;
using CleanUsers.Domain.ApiKeys;
using CleanUsers.Domain.Users;
using CleanUsers.Domain.Webhooks;
using CleanUsers.WebApi.Security;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

public sealed class OpenApiDescription(Service service) : IClassFixture<Service>
{
    /// <summary>As the linter of tests/OpenApi demands.</summary>
    [Fact]
    public void Texts_of_parameters_have_a_maximum_length()
    {
        var schemas = DescribedContract.Document["components"]!["parameters"]!.AsObject().Select(one => (one.Key, Schema: one.Value!["schema"]!));
        var texts = schemas.Where(one => one.Schema["type"] is JsonValue type && type.GetValue<string>() == "string").ToList();
        Assert.NotEmpty(texts);
        Assert.All(texts, one => Assert.True(one.Schema["maxLength"] is not null || one.Schema["enum"] is not null, one.Key));
    }

    [Fact]
    public async Task Served_document_is_the_checked_in_one() =>
        Assert.True(JsonNode.DeepEquals(DescribedContract.Document, JsonNode.Parse((await service.GetAsync("/openapi/v1.json")).Is(200).Body)));

    [Fact]
    public async Task OpenAPI_3_0_document_has_the_same_paths()
    {
        var older = JsonNode.Parse((await service.GetAsync("/openapi/v1-3.0.json")).Is(200).Body)!;
        Assert.StartsWith("3.0.", older["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.True(older["components"]!["schemas"]!["User"]!["properties"]!["name"]!["nullable"]!.GetValue<bool>());
        Assert.Equal(
            DescribedContract.Document["paths"]!.AsObject().Select(path => path.Key).Order(),
            older["paths"]!.AsObject().Select(path => path.Key).Order());
    }

    /// <summary>OpenAPI 3.0.3, Schema Object: nullable stands beside a type.</summary>
    [Fact]
    public async Task OpenAPI_3_0_document_has_a_type_for_all_that_can_be_null()
    {
        var older = JsonNode.Parse((await service.GetAsync("/openapi/v1-3.0.json")).Is(200).Body)!;
        var nullable = Objects(older).Where(node => node["nullable"] is JsonValue).ToList();
        Assert.Contains(nullable, node => node["allOf"] is not null);
        Assert.All(nullable, node => Assert.NotNull(node["type"]));

        static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
        {
            JsonObject members => members.SelectMany(member => Objects(member.Value)).Prepend(members),
            JsonArray items => items.SelectMany(Objects),
            _ => [],
        };
    }

    /// <summary>OpenAPI 3.0 has no <c>license.identifier</c>: only a URL is in both documents.</summary>
    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/openapi/v1-3.0.json")]
    public async Task License_has_a_url(string path) =>
        Assert.Equal(
            "https://spdx.org/licenses/MIT.html",
            (await service.GetAsync(path)).Is(200)["info"].GetProperty("license").GetProperty("url").GetString());

    /// <summary>openapi-typescript makes a member with a default required, except in the schema of a request body that has no name.</summary>
    [Fact]
    public void Only_members_of_unnamed_bodies_have_defaults()
    {
        Assert.Equal([], DescribedContract.Document["components"]!["schemas"]!.AsObject().SelectMany(schema => Defaults(schema.Key, schema.Value!)));
        var bodies = DescribedContract.Operations.Where(operation => operation.Operation["requestBody"] is not null)
            .Select(operation =>
                (Name: operation.Operation["operationId"]!, Schema: operation.Operation["requestBody"]!["content"]!["application/json"]!["schema"]!));
        Assert.Equal(["createUser.role", "createUser.status"], bodies.SelectMany(body => Defaults(body.Name.GetValue<string>(), body.Schema)));

        static IEnumerable<string> Defaults(string name, JsonNode schema) => (schema["properties"]?.AsObject() ?? [])
            .Where(member => member.Value!["default"] is not null).Select(member => $"{name}.{member.Key}");
    }

    [Fact]
    public void Description_has_exactly_the_served_routes_and_methods()
    {
        var served =
            from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":id", "", StringComparison.Ordinal)
            where path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/health", StringComparison.Ordinal)
                || path.StartsWith("/problems", StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
            select $"{method} {path}";
        var described = DescribedContract.Operations.Select(operation => $"{operation.Method.ToUpperInvariant()} {operation.Path}").Where(
            operation => !operation.StartsWith("OPTIONS", StringComparison.Ordinal));
        Assert.Equal(described.Order(), served.Distinct().Order());
    }

    [Fact]
    public void Every_operation_has_a_summary_and_a_unique_id()
    {
        var operations = DescribedContract.Operations.ToList();
        Assert.All(operations, operation => Assert.NotEqual("", operation.Operation["summary"]!.GetValue<string>()));
        Assert.Equal(operations.Count, operations.Select(operation => operation.Operation["operationId"]!.GetValue<string>()).Distinct().Count());
    }

    [Fact]
    public void Every_example_is_valid()
    {
        var examples = Examples(DescribedContract.Document).ToList();
        Assert.True(examples.Count > 70, $"{examples.Count} examples");
        Assert.All(examples, example => Assert.Equal([], DescribedContract.Errors(example.Schema, example.Value.ToJsonString())));
    }

    private static IEnumerable<(JsonNode Schema, JsonNode Value)> Examples(JsonNode? node) => node switch
    {
        JsonArray items => items.SelectMany(Examples),
        JsonObject members => OwnExamples(members).Concat(members.SelectMany(member => Examples(member.Value))),
        _ => [],
    };

    private static IEnumerable<(JsonNode Schema, JsonNode Value)> OwnExamples(JsonObject members)
    {
        if (members["schema"] is { } schema)
        {
            if (members["example"] is { } example) yield return (schema, example);
            foreach (var (_, one) in members["examples"] as JsonObject ?? []) yield return (schema, one!["value"]!);
        }
        else if (members["type"] is not null)
        {
            foreach (var one in members["examples"] as JsonArray ?? []) yield return (members, one!);
        }
    }

    [Fact]
    public async Task Every_example_of_a_body_is_accepted()
    {
        foreach (var (path, method, operation) in DescribedContract.Operations.Where(operation => operation.Operation["requestBody"] is not null))
        {
            foreach (var (type, content) in operation["requestBody"]!["content"]!.AsObject())
            {
                var email = $"x{Guid.NewGuid():N}@example.org";
                var id = path.Contains("deleted", StringComparison.Ordinal) ? await service.CreateDeletedAsync(email)
                    : path.Contains("webhooks", StringComparison.Ordinal) ? await CreateWebhookAsync()
                    : await service.CreateAsync(email);
                var example = content!["example"]!.DeepClone().AsObject();
                if (example["email"] is not null) example["email"] = "y" + email;
                var response = await service.SendAsync(
                    method.ToUpperInvariant(), path.Replace("{id}", id.ToString(null, null), StringComparison.Ordinal), example.ToJsonString(),
                    ("Content-Type", type));
                Assert.InRange(response.Status, 200, 299);
            }
        }
    }

    private async Task<long> CreateWebhookAsync() =>
        (await service.SendAsync("POST", "/api/v1/webhooks", """{"url":"https://webhooks.invalid/"}""")).Is(201)["id"].GetInt64();

    [Fact]
    public async Task Every_described_member_and_parameter_is_accepted_by_the_service()
    {
        var id = await service.CreateAsync("known@example.org");
        foreach (var (path, method, operation) in DescribedContract.Operations.Where(operation => operation.Operation["requestBody"] is not null))
        {
            var schema = DescribedContract.Resolve(operation["requestBody"]!["content"]!["application/json"]!["schema"]!);
            foreach (var (member, _) in schema["properties"]!.AsObject())
            {
                var response = await service.SendAsync(
                    method.ToUpperInvariant(), path.Replace("{id}", id.ToString(null, null), StringComparison.Ordinal), $$"""{"{{member}}":[]}""");
                Assert.DoesNotContain($"pointer #/{member} unknown-member", ErrorsOf(response));
            }
        }

        foreach (var path in (string[])["/api/v1/users", "/api/v1/deleted-users"])
        {
            foreach (var parameter in DescribedContract.Document["paths"]![path]!["get"]!["parameters"]!.AsArray())
            {
                var name = DescribedContract.Resolve(parameter!)["name"]!.GetValue<string>();
                var response = await service.GetAsync($"{path}?{name}=%00");
                Assert.DoesNotContain($"parameter {name} unknown-parameter", ErrorsOf(response));
            }
        }

        static string[] ErrorsOf(Response response) => response.Status == 400 ? response.Errors() : [];
    }

    [Fact]
    public void Limits_are_those_of_the_code()
    {
        var (schemas, parameters) = (DescribedContract.Document["components"]!["schemas"]!, DescribedContract.Document["components"]!["parameters"]!);
        var newUser = DescribedContract.Document["paths"]!["/api/v1/users"]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!;
        var members = schemas.AsObject().Select(schema => schema.Value!).Append(newUser)
            .SelectMany(schema => schema["properties"] as JsonObject ?? []).ToLookup(member => member.Key, member => member.Value!);
        Assert.All(members["email"], email => Assert.Equal(EmailAddress.MaxBytes, email["maxLength"]!.GetValue<int>()));
        Assert.All(members["name"], name => Assert.Equal(UserName.MaxLength, name["maxLength"]!.GetValue<int>()));
        Assert.All(members["age"], age =>
            Assert.Equal((User.MinAge, User.MaxAge), (age["minimum"]!.GetValue<int>(), age["maximum"]!.GetValue<int>())));
        // of a user, a deleted one, and the bodies of POST, PUT and PATCH
        Assert.All((string[])["email", "name", "age"], name => Assert.True(members[name].Count() >= 5, $"{name} {members[name].Count()} times"));
        Assert.Equal(PageSizes.Max, parameters["PageSize"]!["schema"]!["maximum"]!.GetValue<int>());
        Assert.Equal(PageSizes.Default, parameters["PageSize"]!["schema"]!["default"]!.GetValue<int>());
        Assert.Equal(UserListQuery.MaxSearchLength, parameters["Q"]!["schema"]!["maxLength"]!.GetValue<int>());
        Assert.Equal(PageSizes.Max, schemas["UserPage"]!["properties"]!["items"]!["maxItems"]!.GetValue<int>());
        Assert.All(members["url"], url => Assert.Equal(Webhook.UrlMaxLength, url["maxLength"]!.GetValue<int>()));
        Assert.All(members["secret"], secret => Assert.Equal(Webhook.SecretMaxLength, secret["maxLength"]!.GetValue<int>()));
        Assert.All(members["description"], text => Assert.Equal(Webhook.DescriptionMaxLength, text["maxLength"]!.GetValue<int>()));
        Assert.All(members["key"], key => Assert.Equal(ApiKeyText.Length, key["maxLength"]!.GetValue<int>()));
        Assert.All(members["start"], start => Assert.Equal(StoredKey.StartLength, start["maxLength"]!.GetValue<int>()));
        Assert.All(members["scopes"], scopes => Assert.Equal(Scopes.All, scopes["items"]!["enum"]!.AsArray().Select(scope => $"{scope}")));
        Assert.All(members["scopes"], scopes => Assert.Equal(Scopes.All.Count, scopes["maxItems"]!.GetValue<int>()));
        Assert.All(members["eventId"], id => Assert.Equal(WebhookFailure.EventIdMaxLength, id["maxLength"]!.GetValue<int>()));
        Assert.All(members["kinds"], kinds => Assert.Equal(Enum.GetValues<UserChangeKind>().Length, kinds["maxItems"]!.GetValue<int>()));
        Assert.Equal(Webhook.KeptFailures, schemas["WebhookDeliveryPage"]!["properties"]!["items"]!["maxItems"]!.GetValue<int>());
    }

    [Fact]
    public async Task Each_described_sort_is_accepted()
    {
        foreach (var (path, parameter) in ((string, string)[])[("/api/v1/users", "Sort"), ("/api/v1/deleted-users", "DeletedSort")])
            foreach (var sort in DescribedContract.Document["components"]!["parameters"]![parameter]!["schema"]!["enum"]!.AsArray())
                (await service.GetAsync($"{path}?sort={sort}")).Is(200);
    }

    [Fact]
    public async Task Root_redirects_to_the_API_reference_without_external_resources()
    {
        Assert.Equal("/docs", (await service.GetAsync("/")).Is(302).Header("Location"));
        var page = await service.GetAsync("/docs");
        if (page.Status is 301 or 302) page = await service.GetAsync(new Uri(service.Client.BaseAddress!, page.Header("Location")!).PathAndQuery);
        Assert.Equal("text/html", page.Is(200).Header("Content-Type")!.Split(';')[0]);
        Assert.DoesNotContain("https://", page.Body, StringComparison.Ordinal);
        foreach (var path in (string[])["/docs/", "/docs/scalar.js", "/openapi/v1.json", "/openapi/v1-3.0.json"])
            Assert.Equal("", (await service.SendAsync("HEAD", path)).Is(200).Body);
    }
}
