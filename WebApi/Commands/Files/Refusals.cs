using System.Buffers;
using System.Text.Json;
using CleanUsers.Application.Transfer;
using CleanUsers.WebApi.Http;

namespace CleanUsers.WebApi.Commands.Files;

/// <summary>Refused lines as they are told: a line of text a fault for people, a JSON object a line for programs.</summary>
internal static class Refusals
{
    public static IEnumerable<string> ToText(this RefusedLine line) => line.Faults.Select(fault =>
        fault.Identifier.Length == 0 ? $"line {line.Number}: {fault.ErrorMessage}" : $"line {line.Number}: {fault.Identifier}: {fault.ErrorMessage}");

    /// <summary><c>{"line": 3, "errors": [{"member": "email", "code": "required", "detail": "Email is required."}]}</c> and a line feed.</summary>
    public static ReadOnlyMemory<byte> ToJson(this RefusedLine line)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteNumber("line"u8, line.Number);
            json.WriteStartArray("errors"u8);
            foreach (var fault in line.Faults)
            {
                json.WriteStartObject();
                if (fault.Identifier.Length > 0) json.WriteString("member"u8, fault.Identifier);
                json.WriteString("code"u8, fault.ErrorCode);
                json.WriteString("detail"u8, fault.ErrorMessage);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
