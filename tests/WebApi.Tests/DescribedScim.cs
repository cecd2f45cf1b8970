using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace CleanUsers.WebApi.Tests;

/// <summary>The checked-in description of SCIM, compared with the routes, and with every response of a wire test.</summary>
public sealed class DescribedScim(Service service) : IClassFixture<Service>
{
    private static readonly JsonObject Document = Load();

    internal static IEnumerable<(string Path, string Method, JsonObject Operation)> Operations =>
        from path in Document["paths"]!.AsObject()
        from member in path.Value!.AsObject()
        where member.Key is not "parameters"
        select (path.Key, member.Key, member.Value!.AsObject());

    [Fact]
    public void Each_operation_has_the_scope_that_its_endpoint_requires()
    {
        var required =
            from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":id}", "}", StringComparison.Ordinal)
            where path.StartsWith("/scim", StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
            select $"{method} {path}: {endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy}";
        var described = Operations.Select(
            operation => $"{operation.Method.ToUpperInvariant()} {operation.Path}: {operation.Operation["security"]![0]!["bearer"]![0]}");
        Assert.Equal(described.Order(), required.Order());
    }

    [Fact]
    public async Task Document_is_served_and_is_valid_OpenAPI()
    {
        var served = (await service.GetAsync("/openapi/scim.json")).Is(200);
        Assert.True(JsonNode.DeepEquals(Document, JsonNode.Parse(served.Body)));
        var read = OpenApiDocument.Parse(served.Body, "json");
        Assert.Empty(read.Diagnostic!.Errors);
    }

    /// <summary>Fails if the description does not have this response.</summary>
    internal static void Check(string method, string path, Response response)
    {
        var operations = Operations.Where(operation => Matches(operation.Path, path.Split('?')[0])).ToList();
        if (operations.Count == 0 || response.Status is 405 || method == "OPTIONS") return; // of every resource
        var (_, _, operation) = operations.SingleOrDefault(one => method.Equals(one.Method.ToUpperInvariant(), StringComparison.Ordinal));
        if (operation is null) return;
        var where = $"{method} {path} {response.Status}";
        var described = operation["responses"]![$"{response.Status}"];
        Assert.True(described is not null, $"{where} is not described. {response.Body}");
        DescribedContract.CheckResponse(where, described, response);
    }

    private static bool Matches(string template, string path) => Regex.IsMatch(
        path, $"^{Regex.Escape(template).Replace("\\{id}", "[1-9][0-9]*", StringComparison.Ordinal)}/?$",
        RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(30));

    private static JsonObject Load()
    {
        using var document = typeof(Program).Assembly.GetManifestResourceStream("openapi/scim.json")!;
        return JsonNode.Parse(document)!.AsObject();
    }
}
