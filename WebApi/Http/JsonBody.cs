using System.Security.Cryptography;
using Ardalis.Result;
using CleanUsers.Domain;
using Microsoft.Net.Http.Headers;

namespace CleanUsers.WebApi.Http;

/// <summary>A body that must be one JSON object, read strictly.</summary>
internal sealed class JsonBody : RequestInput
{
    /// <summary>What POST and PUT take.</summary>
    public const string Json = "application/json";

    /// <summary>What PATCH takes (RFC 7396, RFC 5789 section 3.1).</summary>
    public const string MergePatch = "application/merge-patch+json";

    // a client may PUT back what it got
    private static readonly string[] ReadOnlyMembers = ["id", "version", "createdAt", "updatedAt"];

    private readonly JsonMembers _members;

    private ReadOnlyMemory<byte> _octets;

    private JsonBody(HttpRequest request)
        : base(request) => _members = new("body", ReadOnlyMembers, Refuse);

    /// <exception cref="BadHttpRequestException">The web server refuses the body: too large, too slow, cut off.</exception>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        var body = new JsonBody(request);
        if (!IsJson(request))
        {
            body.Refusal = new ProblemAnswer(ProblemCatalogue.UnsupportedMediaType);
            MethodNegotiation.Accepts(request.HttpContext.Response, request.Method);
            return body;
        }

        using var octets = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(octets, ct);
        }
        catch (IOException fault) when (fault is not BadHttpRequestException && !request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // Kestrel's word for a chunk of more octets than an int can count
            throw new BadHttpRequestException("The body's framing is broken.", StatusCodes.Status400BadRequest, fault);
        }

        body._octets = octets.GetBuffer().AsMemory(0, (int)octets.Length);
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

    /// <summary>RFC 8259 section 11: no parameter is defined, and section 8.1: UTF-8 and nothing else.</summary>
    private static bool IsJson(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return false;
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return false;
        if (request.Headers.ContentEncoding.Count > 0) return false; // RFC 9110 section 8.4: none is taken
        return type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
            || (HttpMethods.IsPatch(request.Method) && type.MediaType.Equals(MergePatch, StringComparison.OrdinalIgnoreCase));
    }
}
