using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CleanUsers.Application.Changes.Webhooks;
using CleanUsers.Application.Ports;

namespace CleanUsers.Infrastructure.Webhooks;

/// <summary>The body of a request: an event of CloudEvents 1.0 in its JSON format, without personal data.</summary>
/// <param name="Source">With <paramref name="Id"/>, the identity of the event.</param>
/// <param name="Subject">The id of the user.</param>
internal sealed record CloudEvent(
    string Specversion, string Id, string Source, string Type, string Subject, string Time, string Datacontenttype, CloudEventData Data)
{
    public const string ContentType = "application/cloudevents+json";

    public static byte[] Serialize(OutgoingEvent message)
    {
        var kind = WebhookInput.NameOf(message.Kind);
        var at = message.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeToUtf8Bytes(
            new CloudEvent(
                "1.0", message.Id, "/api/v1/users", $"cleanusers.user.{kind}", message.UserId.ToString(CultureInfo.InvariantCulture), at,
                "application/json", new(message.UserId, message.Version, kind, at)),
            CloudEventJson.Default.CloudEvent);
    }
}

/// <summary>As an item of the feed, without who made the change and the state after it.</summary>
internal sealed record CloudEventData(long UserId, long Version, string Kind, string At);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CloudEvent))]
internal sealed partial class CloudEventJson : JsonSerializerContext;
