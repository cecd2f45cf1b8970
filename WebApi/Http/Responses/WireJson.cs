using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CleanUsers.Application;
using CleanUsers.Application.ApiKeys;
using CleanUsers.Application.Changes;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Emails;
using CleanUsers.Application.Transfer;
using CleanUsers.Application.Users;
using CleanUsers.WebApi.Http.Idempotency;
using CleanUsers.WebApi.Http.Problems;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Http.Responses;

/// <summary>How values are written as JSON: camel case, enums by name, instants with three decimals and Z.</summary>
[JsonSerializable(typeof(UserDto))]
[JsonSerializable(typeof(DeletedUserDto))]
[JsonSerializable(typeof(ExportedUser))]
[JsonSerializable(typeof(ImportCounts))]
[JsonSerializable(typeof(Page<UserDto>))]
[JsonSerializable(typeof(Page<DeletedUserDto>))]
[JsonSerializable(typeof(Page<UserChangeDto>))]
[JsonSerializable(typeof(FeedItemDto))]
[JsonSerializable(typeof(Page<FeedItemDto>))]
[JsonSerializable(typeof(EmailDto))]
[JsonSerializable(typeof(Page<EmailDto>))]
[JsonSerializable(typeof(WebhookDto))]
[JsonSerializable(typeof(CreatedWebhookDto))]
[JsonSerializable(typeof(WebhookSecretDto))]
[JsonSerializable(typeof(Page<WebhookDto>))]
[JsonSerializable(typeof(Page<WebhookDeliveryDto>))]
[JsonSerializable(typeof(ApiKeyDto))]
[JsonSerializable(typeof(CreatedApiKeyDto))]
[JsonSerializable(typeof(RotatedApiKeyDto))]
[JsonSerializable(typeof(Page<ApiKeyDto>))]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(ProblemExplanation))]
[JsonSerializable(typeof(StoredResponse))]
[JsonSerializable(typeof(Commands.Files.RejectedLineJson))]
internal sealed partial class WireJson : JsonSerializerContext
{
    private const string InstantForm = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>In characters, of an instant as text.</summary>
    public const int InstantLength = 24;

    /// <summary>In bytes, of a buffer for a value whose length is not known.</summary>
    private const int MinBuffer = 512;

    // Names and addresses stay legible. What HTML could misread does not matter: the type is JSON, and nothing sniffs it.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static readonly JsonWriterOptions Writing = new() { Encoder = Encoder };

    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web)
    {
        Encoder = Encoder,
        TypeInfoResolver = new WireJson().WithAddedModifier(OmitWhereNull),
        Converters =
        {
            new Rfc3339Converter(),
            new JsonStringEnumConverter<Domain.Users.UserRole>(),
            new JsonStringEnumConverter<Domain.Users.UserStatus>(),
            new JsonStringEnumConverter<Domain.Emails.EmailStatus>(),
            new JsonStringEnumConverter<Domain.Webhooks.WebhookStatus>(),
            new JsonStringEnumConverter<WebhookDeliveryStatus>(),
            // these are words of the contract itself, and written as its members are
            new JsonStringEnumConverter<Domain.Users.UserChangeKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<UserMember>(JsonNamingPolicy.CamelCase),
        },
    };

    public static JsonTypeInfo<T> Type<T>() => Cache<T>.Type;

    public static ReadOnlyMemory<byte> Serialize<T>(T value)
    {
        // a buffer that is too small is copied into one twice as large again and again
        var body = new ArrayBufferWriter<byte>(Cache<T>.LastLength + (Cache<T>.LastLength / 8) + MinBuffer);
        using (var json = new Utf8JsonWriter(body, Writing)) JsonSerializer.Serialize(json, value, Type<T>());
        Cache<T>.LastLength = body.WrittenCount;
        return body.WrittenMemory;
    }

    /// <summary>RFC 3339 in UTC, always with three decimals.</summary>
    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString(InstantForm, CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Instant"/>
    public static void WriteInstant(DateTimeOffset instant, Span<byte> text)
    {
        // the framework's own form, with seven decimals: to format in a form of one's own was 7 % of a page
        Span<byte> precise = stackalloc byte[28];
        instant.UtcDateTime.TryFormat(precise, out _, "O", CultureInfo.InvariantCulture);
        precise[..InstantLength].CopyTo(text);
        text[InstantLength - 1] = (byte)'Z';
    }

    /// <summary>Members that are absent, instead of null, if the configuration or the request does not enable them.</summary>
    private static void OmitWhereNull(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.Name is "purgeAt" or "totalCount") property.ShouldSerialize = (_, value) => value is not null;
    }

    private static class Cache<T>
    {
        /// <summary>In bytes, of the last value: the next one is probably about as long.</summary>
        public static int LastLength;

        public static readonly JsonTypeInfo<T> Type = (JsonTypeInfo<T>)Wire.GetTypeInfo(typeof(T));
    }

    /// <inheritdoc cref="Instant"/>
    private sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Responses are written, never read.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[InstantLength];
            WriteInstant(value, text);
            writer.WriteStringValue(text);
        }
    }
}

/// <summary>A success with a JSON body.</summary>
/// <param name="location">The path of what was created.</param>
/// <param name="version">Of the value, if it has an entity tag.</param>
/// <param name="isSecret">Whether it has a secret that is shown this once: nothing may store the response (RFC 9111 section 5.2.2.5).</param>
internal sealed class JsonResponse<T>(
    T value, int status = StatusCodes.Status200OK, string? location = null, long? version = null, bool isSecret = false) : IActionResult
{
    private T _value = value;

    public Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.Headers.Location = location;
        response.Headers.SetVersion(version);
        if (isSecret) response.Headers.CacheControl = "no-store";
        var body = WireJson.Serialize(_value);
        _value = default!; // a client that reads slowly would keep it in memory too
        return response.WriteBytesAsync(body);
    }

    public StoredResponse ToStore() => new(
        status, JsonSerializer.Serialize(_value, WireJson.Type<T>()), location, version is { } tagged ? JsonResponse.EntityTag(tagged) : null);
}

internal static class JsonResponse
{
    /// <summary>Caches must revalidate the response each time (RFC 9111 section 5.2.2.4).</summary>
    public const string Revalidated = "private, no-cache";

    /// <summary>The version in quotes, strong (RFC 9110 section 8.8.3).</summary>
    public static string EntityTag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The entity tag, and that caches must revalidate the response each time.</summary>
    public static void SetVersion(this IHeaderDictionary headers, long? version)
    {
        if (version is { } tagged) headers.ETag = EntityTag(tagged);
        headers.CacheControl = Revalidated;
    }

    /// <summary>Writes a body whole, so that its length is known: HEAD then has the headers of GET.</summary>
    public static Task WriteJsonAsync<T>(this HttpResponse response, T value, string type = "application/json") =>
        response.WriteBytesAsync(WireJson.Serialize(value), type);

    public static Task WriteBytesAsync(this HttpResponse response, ReadOnlyMemory<byte> body, string type = "application/json")
    {
        response.ContentType = type;
        response.ContentLength = body.Length;
        return body.Length <= LargeBodies.PartLength
            ? response.BodyWriter.WriteAsync(body, response.HttpContext.RequestAborted).AsTask()
            : response.HttpContext.RequestServices.GetRequiredService<LargeBodies>().WriteAsync(response, body);
    }
}
