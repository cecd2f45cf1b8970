using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CleanUsers.Application;
using CleanUsers.Application.DeletedUsers;
using CleanUsers.Application.Emails;
using CleanUsers.Application.Transfer;
using CleanUsers.Application.Users;

namespace CleanUsers.WebApi.Http;

/// <summary>How answers are written as JSON: camel case, enums by name, instants with three decimals and Z.</summary>
[JsonSerializable(typeof(UserDto))]
[JsonSerializable(typeof(DeletedUserDto))]
[JsonSerializable(typeof(ExportedUser))]
[JsonSerializable(typeof(ImportCounts))]
[JsonSerializable(typeof(Page<UserDto>))]
[JsonSerializable(typeof(Page<DeletedUserDto>))]
[JsonSerializable(typeof(EmailDto))]
[JsonSerializable(typeof(Page<EmailDto>))]
internal sealed partial class WireJson : JsonSerializerContext
{
    private const string InstantForm = "yyyy-MM-ddTHH:mm:ss.fffZ";

    // Names and addresses stay legible. What HTML could misread is of no account: the type is JSON, and nothing sniffs it.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static readonly JsonWriterOptions Writing = new() { Encoder = Encoder };

    public static readonly WireJson Answers = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = Encoder,
        Converters =
        {
            new Rfc3339Converter(),
            new JsonStringEnumConverter<Domain.Users.UserRole>(),
            new JsonStringEnumConverter<Domain.Users.UserStatus>(),
            new JsonStringEnumConverter<Domain.Emails.EmailStatus>(),
        },
    });

    /// <summary>RFC 3339 in UTC with exactly three decimals, whatever they are.</summary>
    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString(InstantForm, CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Instant"/>
    private sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Answers are written, never read.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[24];
            value.UtcDateTime.TryFormat(text, out var length, InstantForm, CultureInfo.InvariantCulture);
            writer.WriteStringValue(text[..length]);
        }
    }
}
