using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanUsers.WebApi.Tests;

public sealed class DescribedScopes(Service service) : IClassFixture<Service>
{
    [Fact]
    public void Each_operation_has_the_scope_that_its_endpoint_requires()
    {
        var required =
            from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":id", "", StringComparison.Ordinal)
            where path.StartsWith("/api", StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
            select $"{method} {path}: {endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy}";
        var described =
            from operation in DescribedContract.Operations
            where operation.Path.StartsWith("/api", StringComparison.Ordinal) && operation.Method != "options"
            select $"{operation.Method.ToUpperInvariant()} {operation.Path}: {operation.Operation["security"]![0]!["bearer"]![0]}";
        Assert.Equal(described.Order(), required.Distinct().Order()); // a method has an endpoint more for requests with an Idempotency-Key
    }

    /// <summary>OpenAPI 3.0.4: for schemes that are not OAuth's the array must be empty.</summary>
    [Fact]
    public async Task OpenAPI_3_0_document_names_only_the_security_scheme()
    {
        var older = JsonNode.Parse((await service.GetAsync("/openapi/v1-3.0.json")).Is(200).Body)!;
        Assert.Equal("""[{"bearer":[]}]""", older["paths"]!["/api/v1/users"]!["get"]!["security"]!.ToJsonString());
    }
}
