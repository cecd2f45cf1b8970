using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Scim;

/// <summary>A success.</summary>
/// <param name="version">Of the user, whose entity tag is weak: attributes of it can be left out.</param>
internal sealed class ScimResponse(JsonObject body, int status = StatusCodes.Status200OK, long? version = null, string? location = null)
    : IActionResult
{
    private JsonObject _body = body;

    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.Headers.Location = location;
        response.Headers.SetWeakVersion(version);
        var bytes = ScimResponses.Serialize(_body);
        _body = []; // a client that reads slowly would keep it in memory too
        return response.WriteBytesAsync(bytes, ScimResponses.MediaType);
    }
}

internal static class ScimResponses
{
    public const string MediaType = "application/scim+json";

    private const string Base = "/scim/v2";
    private const string ListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>An absolute URL (RFC 7643 section 3.1, meta.location); only its path for a request that names no host.</summary>
    public static string UrlOf(HttpRequest request, string path) => request.Host.HasValue
        ? UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, $"{Base}/{path}")
        : UriHelper.BuildRelative(request.PathBase, $"{Base}/{path}");

    /// <summary>A list, or a page of one (RFC 7644 section 3.4.2).</summary>
    public static JsonObject ToList(long totalResults, long startIndex, IReadOnlyCollection<JsonObject> resources) => new()
    {
        ["schemas"] = new JsonArray(ListSchema),
        ["totalResults"] = totalResults,
        ["startIndex"] = startIndex,
        ["itemsPerPage"] = resources.Count,
        ["Resources"] = new JsonArray([.. resources]),
    };

    public static void SetWeakVersion(this IHeaderDictionary headers, long? version)
    {
        headers.SetVersion(version);
        if (version is not null) headers.ETag = $"W/{headers.ETag}";
    }

    public static ReadOnlyMemory<byte> Serialize(JsonObject body)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, WireJson.Writing)) body.WriteTo(json);
        return bytes.WrittenMemory;
    }
}
