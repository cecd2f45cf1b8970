using System.Security.Cryptography;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace CleanUsers.WebApi.OpenApi;

/// <summary>
/// The description of the service (OpenAPI), as it stands in v1.json, and the reference made of it. It is written by hand, because it is a contract
/// that code can break: the tests check every response against it.
/// </summary>
internal static class Description
{
    public const string Path = "/openapi/v1.json";

    /// <summary>The same in OpenAPI 3.0, for tools that do not read 3.1 yet.</summary>
    public const string OlderPath = "/openapi/v1-3.0.json";

    /// <summary>That of SCIM, whose media types and errors are others.</summary>
    public const string ScimPath = "/openapi/scim.json";

    private const string Reference = "/docs";

    private static readonly string[] Reads = ["GET", "HEAD"];
    private static readonly Lazy<byte[]> Current = new(() => Read("openapi/v1.json"));
    private static readonly Lazy<byte[]> Scim = new(() => Read("openapi/scim.json"));
    private static readonly Lazy<Task<byte[]>> Older = new(ConvertAsync);

    /// <summary>The document, as UTF-8.</summary>
    /// <param name="older">In OpenAPI 3.0.</param>
    public static Task<byte[]> ReadAsync(bool older) => older ? Older.Value : Task.FromResult(Current.Value);

    public static void MapDescription(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapDocument(Path, () => ReadAsync(older: false));
        endpoints.MapDocument(OlderPath, () => ReadAsync(older: true));
        endpoints.MapDocument(ScimPath, () => Task.FromResult(Scim.Value));
        endpoints.MapScalarApiReference(Reference, (scalar, context) =>
        {
            AllowTheReference(scalar, context.Response);
            // no links or requests to other services, Scalar's own included
            scalar.ShowDeveloperTools = DeveloperToolsVisibility.Never;
            scalar.WithTitle("CleanUsers").WithOpenApiRoutePattern(Path).HideClientButton()
                .DisableDefaultFonts().DisableAgent().DisableMcp().DisableTelemetry();
        }).WithMetadata(new HttpMethodMetadata(Reads)).AllowAnonymous();
        endpoints.MapMethods("/", Reads, context =>
        {
            context.Response.Redirect($"{context.Request.PathBase}{Reference}");
            return Task.CompletedTask;
        }).AllowAnonymous();
    }

    /// <summary>The page may run its own scripts and send requests to its own origin, and nothing else. Its styles are made by its scripts.</summary>
    private static void AllowTheReference(ScalarOptions scalar, HttpResponse response)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        scalar.WithNonce(nonce);
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static void MapDocument(this IEndpointRouteBuilder endpoints, string path, Func<Task<byte[]>> read) => endpoints
        .MapMethods(path, Reads, async context =>
        {
            var document = await read();
            (context.Response.ContentType, context.Response.ContentLength) = (JsonBody.Json, document.Length);
            await LargeBodies.WritePartsAsync(context.Response, document);
        })
        .AllowAnonymous();

    private static byte[] Read(string name)
    {
        using var resource = typeof(Description).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static async Task<byte[]> ConvertAsync()
    {
        using var source = new MemoryStream(Current.Value);
        var document = (await OpenApiDocument.LoadAsync(source, "json")).Document!;
        // 3.0 has no scopes but those of OAuth flows
        var operations = document.Paths.Values.SelectMany(path => path.Operations!.Values);
        foreach (var scopes in operations.SelectMany(operation => operation.Security ?? []).SelectMany(scheme => scheme.Values)) scopes.Clear();
        // nor a type null beside a reference
        var properties = document.Components!.Schemas!.Values.SelectMany(schema => schema.Properties?.Values ?? []).OfType<OpenApiSchema>();
        foreach (var optional in properties.Where(property => property.AnyOf is [OpenApiSchemaReference, { Type: JsonSchemaType.Null }]))
            (optional.Type, optional.AllOf, optional.AnyOf) = (JsonSchemaType.Object | JsonSchemaType.Null, [optional.AnyOf![0]], null);
        using var target = new MemoryStream();
        await document.SerializeAsJsonAsync(target, OpenApiSpecVersion.OpenApi3_0);
        return target.ToArray();
    }
}
