using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http;

/// <summary>A success with a JSON body, written whole so that its length is known: HEAD then has the headers of GET.</summary>
internal sealed class JsonAnswer<T>(T value, JsonTypeInfo<T> type) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, WireJson.Writing)) JsonSerializer.Serialize(json, value, type);
        await context.HttpContext.Response.WriteJsonAsync("application/json", body.WrittenMemory);
    }
}

internal static class JsonAnswer
{
    public static async Task WriteJsonAsync(this HttpResponse response, string type, ReadOnlyMemory<byte> body)
    {
        response.ContentType = type;
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
