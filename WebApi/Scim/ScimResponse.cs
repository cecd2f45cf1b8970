using System.Buffers;
using System.Text.Json;
using CleanUsers.WebApi.Http.Responses;
using Microsoft.AspNetCore.Mvc;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace CleanUsers.WebApi.Scim;

/// <summary>A success.</summary>
/// <param name="version">Of the user, whose entity tag is weak: attributes of it can be left out.</param>
internal sealed class ScimResponse(JsonObject body, int status = StatusCodes.Status200OK, long? version = null, string? location = null)
    : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.Headers.Location = location;
        response.Headers.SetWeakVersion(version);
        return response.WriteScimAsync(body);
    }
}

internal static class ScimResponses
{
    public const string MediaType = "application/scim+json";

    public static void SetWeakVersion(this IHeaderDictionary headers, long? version)
    {
        headers.SetVersion(version);
        if (version is not null) headers.ETag = $"W/{headers.ETag}";
    }

    public static Task WriteScimAsync(this HttpResponse response, JsonObject body)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, WireJson.Writing)) body.WriteTo(json);
        return response.WriteBytesAsync(bytes.WrittenMemory, MediaType);
    }
}
