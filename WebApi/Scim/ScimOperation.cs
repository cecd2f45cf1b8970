using System.Text.Json.Nodes;

namespace CleanUsers.WebApi.Scim;

/// <summary>An operation of PATCH (RFC 7644 section 3.5.2).</summary>
/// <param name="Path">Null changes the attributes that the value names.</param>
internal sealed record ScimOperation(ScimOperationKind Kind, string? Path, JsonNode? Value);

internal enum ScimOperationKind
{
    Add,
    Replace,
    Remove,
}
