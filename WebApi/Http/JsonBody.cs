using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Ardalis.Result;
using CleanUsers.Domain;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Primitives;

namespace CleanUsers.WebApi.Http;

/// <summary>A body that must be one JSON object, read strictly.</summary>
internal sealed class JsonBody : RequestInput
{
    /// <summary>What POST and PUT take.</summary>
    public const string Json = "application/json";

    /// <summary>What PATCH takes (RFC 7396, RFC 5789 section 3.1).</summary>
    public const string MergePatch = "application/merge-patch+json";

    private const string Identity = "identity";

    // a client may PUT back what it got
    private static readonly string[] ReadOnlyMembers = ["id", "version", "createdAt", "updatedAt"];

    private readonly JsonMembers _members;

    private ReadOnlyMemory<byte> _octets;

    private JsonBody(HttpRequest request)
        : base(request) => _members = new("body", ReadOnlyMembers, Refuse);

    /// <exception cref="BadHttpRequestException">The web server rejects the body: too large, too slow, cut off.</exception>
    /// <exception cref="ConnectionResetException">The client is gone.</exception>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = new JsonBody(request);
        if (!IsJson(request))
        {
            body.Refusal = new ProblemAnswer(
                ProblemCatalogue.UnsupportedMediaType,
                "The header Content-Type is missing or names another type than the resource takes, or another character set than UTF-8.");
            MethodNegotiation.Accepts(request.HttpContext.Response, request.Method);
            return body;
        }

        if (IsCoded(request.Headers.ContentEncoding))
        {
            body.Refusal = new ProblemAnswer(
                ProblemCatalogue.UnsupportedMediaType, "The header Content-Encoding names a coding, and bodies are accepted without one only.");
            request.HttpContext.Response.Headers.AcceptEncoding = Identity; // RFC 9110 section 15.5.16
            return body;
        }

        body._octets = await ReadOctetsAsync(request, ct);
        if (body._members.Parse(body._octets.Span) is { } malformed)
            body.Refusal = new ProblemAnswer(ProblemCatalogue.MalformedBody, malformed.ErrorMessage, [malformed]);
        return body;
    }

    /// <summary>A string or null.</summary>
    /// <param name="member">Its name.</param>
    /// <param name="absent">What stands for a member that is not there.</param>
    public string? Text(string member, string? absent = null) => OptionalText(member).Or(absent);

    public Optional<string?> OptionalText(string member) => _members.OptionalText(member);

    /// <summary>A whole number or null.</summary>
    public int? WholeNumber(string member) => OptionalWholeNumber(member).Or(null);

    public Optional<int?> OptionalWholeNumber(string member) => _members.OptionalWholeNumber(member).Map(WholeNumbers.ToInt);

    /// <summary>Refuses the body unless the member is there and is <c>false</c>.</summary>
    public void MustBeFalse(string member) => _members.MustBeFalse(member);

    /// <summary>A digest of the body as it came, in hexadecimal digits.</summary>
    public string Fingerprint() => Convert.ToHexString(SHA256.HashData(_octets.Span));

    protected override void FindUnknown()
    {
        base.FindUnknown();
        _members.FindUnknown();
    }

    protected override ValidationError Located(ValidationError fault) => fault;

    private static async Task<ReadOnlyMemory<byte>> ReadOctetsAsync(HttpRequest request, CancellationToken ct)
    {
        var reader = request.BodyReader;
        var octets = new ArrayBufferWriter<byte>(512);
        // Not the token itself: Kestrel's reader is of no use after a read that a token ended, and draining the body then logs an error
        await using var cancelled = ct.Register(CancelRead, reader);
        try
        {
            for (var isCompleted = false; !isCompleted;)
            {
                var read = await reader.ReadAsync(CancellationToken.None);
                foreach (var segment in read.Buffer) octets.Write(segment.Span);
                reader.AdvanceTo(read.Buffer.End);
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

        return octets.WrittenMemory;
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
        if (!ContentType.TryParseUtf8(request.ContentType, out var type)) return false;
        return type.Equals(Json, StringComparison.OrdinalIgnoreCase)
            || (HttpMethods.IsPatch(request.Method) && type.Equals(MergePatch, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>RFC 9110 section 8.4: a list of codings, of which identity is none.</summary>
    private static bool IsCoded(StringValues contentEncoding) => contentEncoding
        .SelectMany(line => (line ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Any(coding => !coding.Equals(Identity, StringComparison.OrdinalIgnoreCase));
}
