using System.Buffers;
using System.Text.Json;

namespace CleanUsers.WebApi.Http;

/// <summary>Where the <c>type</c> of a problem leads: what it means, and what a client can do.</summary>
internal static class ProblemsEndpoint
{
    public static void MapProblems(this IEndpointRouteBuilder endpoints) => endpoints
        .MapMethods(ProblemCatalogue.Path + "{code}", ["GET", "HEAD"], Explain)
        .AllowAnonymous();

    private static Task Explain(HttpContext context, string code)
    {
        if (ProblemCatalogue.Find(code) is not { } problem) return new ProblemAnswer(ProblemCatalogue.NotFound).WriteAsync(context);

        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, problem.Type);
            json.WriteString("title"u8, problem.Title);
            json.WriteNumber("status"u8, problem.Status);
            json.WriteString("explanation"u8, problem.Explanation);
            json.WriteString("remedy"u8, problem.Remedy);
            json.WriteEndObject();
        }

        return context.Response.WriteJsonAsync("application/json", body.WrittenMemory);
    }
}
