using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>A success with a JSON body.</summary>
internal sealed class JsonResponse<T>(T value, int status = StatusCodes.Status200OK) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        context.HttpContext.Response.StatusCode = status;
        return context.HttpContext.Response.WriteJsonAsync(value);
    }
}

internal static class JsonResponse
{
    /// <summary>Writes a body whole, so that its length is known: HEAD then has the headers of GET.</summary>
    public static async Task WriteJsonAsync<T>(this HttpResponse response, T value, string type = "application/json")
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, WireJson.Writing)) JsonSerializer.Serialize(json, value, WireJson.Type<T>());
        await response.WriteBytesAsync(body.WrittenMemory, type);
    }

    public static async Task WriteBytesAsync(this HttpResponse response, ReadOnlyMemory<byte> body, string type = "application/json")
    {
        response.ContentType = type;
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
