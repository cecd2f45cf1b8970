using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Http.Problems;
using CleanUsers.WebApi.Scim;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace CleanUsers.WebApi.Http.Input;

/// <summary>The body of a request, which must be one JSON object.</summary>
/// <param name="Bytes">As they came, without a byte order mark (RFC 8259 section 8.1).</param>
/// <param name="Object">The object; null if there is a problem.</param>
/// <param name="Problem">Why the body could not be read.</param>
internal sealed record JsonBody(ReadOnlyMemory<byte> Bytes, JsonMembers? Object, ProblemResult? Problem)
{
    /// <summary>What POST and PUT take.</summary>
    public const string Json = "application/json";

    /// <summary>What PATCH takes (RFC 7396, RFC 5789 section 3.1).</summary>
    public const string MergePatch = "application/merge-patch+json";

    private const string Identity = "identity";

    /// <summary>In bytes: a size, a line break, the byte, a line break.</summary>
    private const int ChunkOfOneByte = 6;

    /// <summary>In bytes, with room for trailers.</summary>
    private const int LastChunk = 1024;

    // a client may send back what it got: these are ignored
    private static readonly string[] ReadOnlyMembers = ["id", "version", "createdAt", "updatedAt"];

    /// <exception cref="BadHttpRequestException">The body is too large, too slow or cut off, or too many large ones are being received.</exception>
    /// <exception cref="ConnectionResetException">The client is gone.</exception>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!IsJson(request))
        {
            Resources.AnnounceMediaTypes(request.HttpContext.Response, request.Method);
            return Unsupported($"The header Content-Type {Describe(request.ContentType)} (allowed: {Allowed(request)}, in UTF-8).");
        }

        if (IsCoded(request.Headers.ContentEncoding))
        {
            request.HttpContext.Response.Headers.AcceptEncoding = Identity; // RFC 9110 section 15.5.16
            return Unsupported("Header 'Content-Encoding' must be absent or 'identity'.");
        }

        var bytes = await ReadBytesAsync(request, ct);
        return JsonMembers.TryParse(bytes.Span, "body", ReadOnlyMembers, out var read, out var error)
            ? new(bytes, read, Problem: null)
            : new(bytes, Object: null, new ProblemResult(ProblemCatalogue.MalformedBody, error.ErrorMessage, [error]));
    }

    /// <summary>The command that the members and headers of a request make, with all that is wrong with them.</summary>
    /// <param name="request">The request.</param>
    /// <param name="toCommand">Makes the command.</param>
    /// <param name="headers">Errors of headers.</param>
    /// <param name="problem">A problem that is reported alone, instead of errors in members and headers.</param>
    public RequestInput<T> ToInput<T>(
        HttpRequest request, Func<JsonMembers, T> toCommand, IEnumerable<InputError> headers, ProblemResult? problem = null)
        where T : class
    {
        if (Object is null) return new(null!, InputPlace.Member, [], Problem);
        var command = toCommand(Object);
        return new(command, InputPlace.Member, [.. RequestInput.UnknownParameters(request), .. headers, .. Object.Errors()], problem);
    }

    private static string Describe(string? contentType) =>
        string.IsNullOrWhiteSpace(contentType) ? "is missing" : $"is '{RepeatedInput.InSentence(contentType)}'";

    private static string Allowed(HttpRequest request) =>
        Resources.IsScim(request) ? $"{ScimResponses.MediaType} or {Json}"
        : HttpMethods.IsPatch(request.Method) ? $"{MergePatch} or {Json}"
        : Json;

    private static JsonBody Unsupported(string detail) =>
        new(default, Object: null, new ProblemResult(ProblemCatalogue.UnsupportedMediaType, detail));

    private static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpRequest request, CancellationToken ct)
    {
        var limit = request.Headers.TransferEncoding.Count > 0 ? LimitOfChunked(request.HttpContext) : long.MaxValue;
        var reader = request.BodyReader;
        var bytes = new ArrayBufferWriter<byte>(512);
        BodyMemory.Share? share = null;
        // Not the token itself: Kestrel's reader is of no use after a read that a token ended, and draining the body then logs an error
        await using var cancelled = ct.Register(CancelRead, reader);
        try
        {
            for (var isCompleted = false; !isCompleted;)
            {
                var read = await reader.ReadAsync(CancellationToken.None);
                foreach (var segment in read.Buffer) bytes.Write(segment.Span);
                reader.AdvanceTo(read.Buffer.End);
                if (bytes.Capacity > BodyMemory.Small) (share ??= TakeShare(request.HttpContext)).GrowTo(bytes.Capacity);
                if (bytes.WrittenCount > limit) throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
                ct.ThrowIfCancellationRequested();
                isCompleted = read.IsCompleted;
            }
        }
        catch (Exception exception)
            when (exception is ConnectionResetException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // Without this Kestrel would try to drain the body, from a reader that the reset broke, and log an error: dotnet/aspnetcore's
            // Http1ContentLengthMessageBody is still "reading" then
            request.HttpContext.Abort();
            throw new ConnectionResetException("The client closed the connection before the body was complete.", exception);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // Kestrel's exception for a chunk of more bytes than an int can count
            throw new BadHttpRequestException("The body's framing is broken.", StatusCodes.Status400BadRequest, exception);
        }

        return bytes.WrittenSpan.StartsWith(Encoding.UTF8.Preamble) ? bytes.WrittenMemory[Encoding.UTF8.Preamble.Length..] : bytes.WrittenMemory;
    }

    /// <summary>
    /// The web server counts a chunked body with its framing (RFC 9112 section 7.1), which is not the client's to choose: it gets room for that, and
    /// the body itself is counted here.
    /// </summary>
    private static long LimitOfChunked(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { MaxRequestBodySize: { } limit } framed) return long.MaxValue;
        framed.MaxRequestBodySize = (ChunkOfOneByte * limit) + LastChunk;
        return limit;
    }

    /// <summary>Until the request has ended: its members and those of its command are parts of the body.</summary>
    private static BodyMemory.Share TakeShare(HttpContext context)
    {
        var share = new BodyMemory.Share(context.RequestServices.GetRequiredService<BodyMemory>());
        context.Response.RegisterForDispose(share);
        return share;
    }

    private static void CancelRead(object? reader)
    {
        try
        {
            ((PipeReader)reader!).CancelPendingRead();
        }
        catch (ConnectionAbortedException)
        {
            // the connection is gone, and has ended the read
        }
    }

    private static bool IsJson(HttpRequest request)
    {
        if (request.ContentType == Json) return true; // as nearly all clients write it
        if (!ContentType.TryParseUtf8(request.ContentType, out var type)) return false;
        if (type.Equals(Json, StringComparison.OrdinalIgnoreCase)) return true;
        return Resources.IsScim(request)
            ? type.Equals(ScimResponses.MediaType, StringComparison.OrdinalIgnoreCase)
            : HttpMethods.IsPatch(request.Method) && type.Equals(MergePatch, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>RFC 9110 section 8.4: a list of codings; identity does not count as one.</summary>
    private static bool IsCoded(StringValues contentEncoding) => contentEncoding.Count > 0 && contentEncoding
        .SelectMany(line => (line ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Any(coding => !coding.Equals(Identity, StringComparison.OrdinalIgnoreCase));
}
