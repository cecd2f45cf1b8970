using System.Text.Json;
using System.Text.Json.Serialization;
using CleanUsers.Application.Transfer;
using CleanUsers.WebApi.Http.Input;
using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Commands.Files;

/// <summary>How rejected lines are reported: a line of text for each error for people, a JSON object a line for programs.</summary>
internal static class RejectedLines
{
    public static IEnumerable<string> ToText(this RejectedLine line) => Errors(line).Select(error =>
        error.Identifier.Length == 0 ? $"line {line.Number}: {error.ErrorMessage}" : $"line {line.Number}: {error.Identifier}: {error.ErrorMessage}");

    /// <summary><c>{"line": 3, "errors": [{"member": "email", "code": "required", "detail": "Email is required."}]}</c> and a line feed.</summary>
    public static ReadOnlyMemory<byte> ToJson(this RejectedLine line)
    {
        var errors = Errors(line).Select(error =>
            new RejectedLineError(error.Identifier.Length > 0 ? error.Identifier : null, error.ErrorCode, error.ErrorMessage));
        var json = JsonSerializer.SerializeToUtf8Bytes(new RejectedLineJson(line.Number, [.. errors]), WireJson.Type<RejectedLineJson>());
        return (byte[])[.. json, (byte)'\n'];
    }

    private static IEnumerable<InputError> Errors(RejectedLine line) => line.Errors.Select(error => InputError.Of(error, InputPlace.Member));
}

internal sealed record RejectedLineJson(long Line, IReadOnlyList<RejectedLineError> Errors);

/// <param name="Member">Absent where the line as a whole is rejected.</param>
internal sealed record RejectedLineError(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Member, string Code, string Detail);
