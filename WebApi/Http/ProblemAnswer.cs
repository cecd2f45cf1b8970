using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Ardalis.Result;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http;

/// <summary>An error as the client sees it, always in one form: application/problem+json (RFC 9457).</summary>
/// <param name="problem">Its kind.</param>
/// <param name="detail">What is special about this one; null says what is common to all.</param>
/// <param name="errors">The faults of the input; empty for other problems.</param>
internal sealed class ProblemAnswer(Problem problem, string? detail = null, IReadOnlyCollection<ValidationError>? errors = null) : IActionResult
{
    /// <summary>How many faults are listed at most: a body of 64 KiB can have thousands of unknown members.</summary>
    private const int MaxErrors = 100;

    private const string RetryAfterSeconds = "1";

    public Task ExecuteResultAsync(ActionContext context) => WriteAsync(context.HttpContext);

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.Status is 429 or 503 || problem == ProblemCatalogue.RequestInProgress) response.Headers.RetryAfter = RetryAfterSeconds;
        response.Headers.CacheControl = "no-store";

        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, WireJson.Writing)) Write(json, context);
        await response.WriteJsonAsync("application/problem+json", body.WrittenMemory);
    }

    private void Write(Utf8JsonWriter json, HttpContext context)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, problem.Type);
        json.WriteString("title"u8, problem.Title);
        json.WriteNumber("status"u8, problem.Status);
        json.WriteString("detail"u8, detail ?? problem.Explanation);
        // without the query, which can hold what is nobody else's business
        json.WriteString("instance"u8, context.Request.PathBase.Add(context.Request.Path).ToUriComponent());
        json.WriteString("code"u8, problem.Code);
        json.WriteString("traceId"u8, Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier);
        if (errors is { Count: > 0 })
        {
            json.WriteStartArray("errors"u8);
            foreach (var error in errors.Take(MaxErrors)) Write(json, error);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ValidationError error)
    {
        json.WriteStartObject();
        switch (error)
        {
            case ParameterError:
                json.WriteString("parameter"u8, error.Identifier);
                break;
            case HeaderError:
                json.WriteString("header"u8, error.Identifier);
                break;
            case BodyError:
                json.WriteString("pointer"u8, "#");
                break;
            default:
                json.WriteString("pointer"u8, Pointer(error.Identifier));
                break;
        }

        json.WriteString("code"u8, error.ErrorCode);
        json.WriteString("detail"u8, error.ErrorMessage);
        json.WriteEndObject();
    }

    /// <summary>The member as a JSON Pointer in a URI fragment (RFC 6901 section 6).</summary>
    private static string Pointer(string member) =>
        "#/" + Uri.EscapeDataString(member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
}
