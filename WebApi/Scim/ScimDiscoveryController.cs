using System.Text.Json.Nodes;
using CleanUsers.Application.Scim;
using CleanUsers.WebApi.Http.Pipeline;
using CleanUsers.WebApi.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace CleanUsers.WebApi.Scim;

/// <summary>What this service supports of SCIM (RFC 7643 sections 5 to 7).</summary>
[ApiController]
[Route("scim/v2")]
[Authorize(Scopes.Scim)]
internal sealed class ScimDiscoveryController : ControllerBase
{
    private const string SchemaSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    [HttpRead("ServiceProviderConfig")]
    public IActionResult GetConfiguration() => Show(new JsonObject
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["patch"] = Supported(true),
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ListScimUsersQuery.MaxCount },
        ["changePassword"] = Supported(false),
        ["sort"] = Supported(false),
        ["etag"] = Supported(true),
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken",
            ["name"] = "OAuth Bearer Token",
            ["description"] = "A token with the scope scim (RFC 6750).",
            ["specUri"] = "https://www.rfc-editor.org/info/rfc6750",
            ["primary"] = true,
        }),
        ["meta"] = Meta("ServiceProviderConfig", "ServiceProviderConfig"),
    });

    [HttpRead("ResourceTypes")]
    public IActionResult ListResourceTypes() => ShowList(UserType());

    [HttpRead("ResourceTypes/User")]
    public IActionResult GetUserType() => Show(UserType());

    [HttpRead("Schemas")]
    public IActionResult ListSchemas() => ShowList(CoreSchema(), EnterpriseSchema());

    [HttpRead($"Schemas/{ScimSchema.Core}")]
    public IActionResult GetCoreSchema() => Show(CoreSchema());

    [HttpRead($"Schemas/{ScimSchema.EnterpriseUrn}")]
    public IActionResult GetEnterpriseSchema() => Show(EnterpriseSchema());

    private static JsonObject Supported(bool supported) => new() { ["supported"] = supported };

    private JsonObject Meta(string type, string path) => new() { ["resourceType"] = type, ["location"] = ScimResponses.UrlOf(Request, path) };

    private JsonObject UserType() => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = "User",
        ["name"] = "User",
        ["endpoint"] = "/Users",
        ["description"] = "A user of the directory. There are no groups.",
        ["schema"] = ScimSchema.Core,
        ["schemaExtensions"] = new JsonArray(new JsonObject { ["schema"] = ScimSchema.EnterpriseUrn, ["required"] = false }),
        ["meta"] = Meta("ResourceType", "ResourceTypes/User"),
    };

    private JsonObject CoreSchema() => Schema(ScimSchema.Core, "User", "User account", ScimSchema.Users);

    private JsonObject EnterpriseSchema() => Schema(ScimSchema.EnterpriseUrn, "EnterpriseUser", "Enterprise user", ScimSchema.Enterprise.Fields);

    private JsonObject Schema(string id, string name, string description, IEnumerable<ScimField> fields) => new()
    {
        ["schemas"] = new JsonArray(SchemaSchema),
        ["id"] = id,
        ["name"] = name,
        ["description"] = description,
        ["attributes"] = new JsonArray([.. fields.Where(field => field.Mutability != ScimMutability.Ignored).Select(Describe)]),
        ["meta"] = Meta("Schema", $"Schemas/{id}"),
    };

    private static JsonObject Describe(ScimField field)
    {
        var described = new JsonObject
        {
            ["name"] = field.Name,
            ["type"] = field.Kind switch
            {
                ScimKind.Text => "string",
                ScimKind.Boolean => "boolean",
                ScimKind.Instant => "dateTime",
                ScimKind.Complex => "complex",
            },
            ["multiValued"] = field.IsMany,
            ["required"] = field.IsRequired,
            ["caseExact"] = field.Form == ScimForm.Exact,
            ["mutability"] = field.Mutability == ScimMutability.ReadOnly ? "readOnly" : "readWrite",
            ["returned"] = "default",
            ["uniqueness"] = field.Name == "userName" ? "server" : "none",
        };
        if (field.Fields.Count > 0) described["subAttributes"] = new JsonArray([.. field.Fields.Select(Describe)]);
        return described;
    }

    private IActionResult ShowList(params JsonObject[] resources) => Show(ScimResponses.ToList(resources.Length, startIndex: 1, resources));

    /// <summary>RFC 7644 section 4: a filter is 403, so that no client takes the whole for what it asked for.</summary>
    private IActionResult Show(JsonObject body) =>
        Request.Query.ContainsKey("filter")
            ? new ScimErrorResult(StatusCodes.Status403Forbidden, type: null, "This resource can't be filtered.")
            : new ScimResponse(body);
}
