using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CleanUsers.Application.Scim;
using CleanUsers.Application.Users;
using CleanUsers.Domain.Scim;
using CleanUsers.Domain.Users;
using CleanUsers.WebApi.Http.Responses;

namespace CleanUsers.WebApi.Scim;

/// <summary>What of a user as JSON is a member of the user, what has a column of its own beside it, and what is kept as it was sent.</summary>
internal static class ScimUserMapping
{
    private static readonly string[] WithPlacesOfTheirOwn = ["userName", "externalId", "displayName", "active"];

    /// <summary>The user as clients see it.</summary>
    /// <param name="location">Its absolute URL.</param>
    public static JsonObject ToJson(ScimUserDto dto, string location)
    {
        var user = dto.User;
        var body = ToAttributes(dto);
        if (user.Name is { } formatted && body["name"]?["formatted"] is null) NameOf(body)["formatted"] = formatted;
        body.Insert(0, "schemas", new JsonArray(ScimSchema.Core));
        if (body.ContainsKey(ScimSchema.EnterpriseUrn)) body["schemas"]!.AsArray().Add(ScimSchema.EnterpriseUrn);
        body.Insert(1, "id", user.Id.ToString(CultureInfo.InvariantCulture));
        body["meta"] = new JsonObject
        {
            ["resourceType"] = "User",
            ["created"] = WireJson.Instant(user.CreatedAt),
            ["lastModified"] = WireJson.Instant(user.UpdatedAt),
            ["location"] = location,
            ["version"] = $"W/{JsonResponse.EntityTag(user.Version)}",
        };
        return body;
    }

    /// <summary>
    /// Whether GET would show the same, also after a change of the address by REST: a user without a name of its own has that for one.
    /// </summary>
    public static bool IsSame(ScimUserDto one, ScimUserDto other) =>
        one.Scim.UserName is null == other.Scim.UserName is null
        && JsonNode.DeepEquals(ToJson(one, location: ""), ToJson(other, location: ""));

    /// <summary>What clients can change, which is what PATCH changes: without what is computed.</summary>
    public static JsonObject ToAttributes(ScimUserDto dto)
    {
        var (user, scim) = dto;
        var body = JsonNode.Parse(scim.Attributes)!.AsObject();
        if (scim.FamilyName is { } familyName) NameOf(body)["familyName"] = familyName;
        if (scim.GivenName is { } givenName) NameOf(body)["givenName"] = givenName;
        if (body["emails"] is JsonArray emails) emails[PrimaryOf(emails)]!["value"] = user.Email;
        else body["emails"] = DefaultEmails(user.Email);
        if (scim.ExternalId is { } externalId) body["externalId"] = externalId;
        body["userName"] = scim.UserName ?? user.Email;
        if (user.Name is { } name) body["displayName"] = name;
        else if (body["name"] is JsonObject names) names.Remove("formatted"); // of a name that the user no longer has
        if (body["name"] is JsonObject { Count: 0 }) body.Remove("name");
        body["active"] = user.Status == UserStatus.Active;
        return body;
    }

    /// <param name="body">With the names of <see cref="ScimSchema"/>.</param>
    /// <param name="present">The user that is changed; null for a new one.</param>
    /// <param name="isPatch">Whether the body is the user itself with changes, or the whole new state.</param>
    /// <exception cref="InvalidScimException">Several addresses are primary.</exception>
    public static ScimUserInput ToInput(JsonObject body, ScimUserDto? present, bool isPatch)
    {
        var emails = body["emails"] as JsonArray ?? [];
        var primary = emails.Count == 0 ? null : emails[PrimaryOf(emails)]!.AsObject();
        var email = Text(primary, "value");
        var (name, formatted) = Names(body, isPatch ? present : null);
        var userName = Text(body, "userName") ?? "";
        var isAddress = isPatch && present!.Scim.UserName is null && userName == present.User.Email; // as before: the address, whatever it is
        var rest = body.DeepClone().AsObject();
        foreach (var member in WithPlacesOfTheirOwn) rest.Remove(member);
        SetNames(rest, formatted);
        if (email is not null && JsonNode.DeepEquals(emails, DefaultEmails(email))) rest.Remove("emails");
        var others = emails.OfType<JsonObject>().Where(one => one != primary && Text(one, "value") is not null)
            .Select(one => (Text(one, "value")!, Text(one, "type"))).ToList();
        return new(
            User: new UserInput(
                UserInput.ParseEmail(email),
                UserInput.ParseName(name),
                present?.User.Age,
                present?.User.Role ?? User.DefaultRole,
                StatusOf(body) ?? present?.User.Status ?? User.DefaultStatus),
            UserName: ScimUserInput.ParseUserName(isAddress ? null : userName),
            ExternalId: ScimUserInput.ParseText(Text(body, "externalId"), "externalId"),
            GivenName: ScimUserInput.ParseText(Text(body["name"], "givenName"), "name.givenName"),
            FamilyName: ScimUserInput.ParseText(Text(body["name"], "familyName"), "name.familyName"),
            Emails: ScimUserInput.ParseEmails(Text(primary, "type"), others),
            Attributes: ScimUserInput.ParseAttributes(Encoding.UTF8.GetString(ScimResponses.Serialize(rest).Span)));
    }

    /// <summary>
    /// The name of the user, and the formatted name beside it where it is another one. Clients that send one of the two change the name by it.
    /// </summary>
    private static (string? Name, string? Formatted) Names(JsonObject body, ScimUserDto? present)
    {
        var (name, formatted) = (NonEmpty(Text(body, "displayName")), NonEmpty(Text(body["name"], "formatted")));
        var isFormattedOnly = name is null || (present is not null && name == present.User.Name
            && Text(JsonNode.Parse(present.Scim.Attributes)!["name"], "formatted") is null);
        if (formatted is not null && isFormattedOnly) return (formatted, null);
        return (name, formatted == name ? null : formatted);

        static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
    }

    private static void SetNames(JsonObject rest, string? formatted)
    {
        if (rest["name"] is not JsonObject name) return;
        foreach (var member in (string[])["givenName", "familyName", "formatted"]) name.Remove(member);
        if (formatted is not null) name["formatted"] = formatted;
        if (name.Count == 0) rest.Remove("name");
    }

    private static UserStatus? StatusOf(JsonObject body) =>
        body["active"] is JsonValue active ? active.GetValue<bool>() ? UserStatus.Active : UserStatus.Inactive : null;

    /// <summary>The number of the primary address: the one that is marked as primary, else the first one for work, else the first one.</summary>
    private static int PrimaryOf(JsonArray emails)
    {
        var all = emails.Select(email => email!.AsObject()).ToList();
        var primary = all.Where(email => email["primary"] is JsonValue value && value.GetValue<bool>()).ToList();
        if (primary.Count > 1) throw new InvalidScimException(ScimErrorType.InvalidValue, "Only one of 'emails' must be primary.");
        if (primary.Count == 1) return all.IndexOf(primary[0]);
        var work = all.FindIndex(email => ScimEmails.DefaultType.Equals(Text(email, "type"), StringComparison.OrdinalIgnoreCase));
        return Math.Max(work, 0);
    }

    /// <summary>Of a user whose addresses SCIM has not changed.</summary>
    private static JsonArray DefaultEmails(string email) =>
        new(new JsonObject { ["value"] = email, ["type"] = ScimEmails.DefaultType, ["primary"] = true });

    private static JsonObject NameOf(JsonObject body)
    {
        if (body["name"] is JsonObject name) return name;
        body["name"] = name = [];
        return name;
    }

    private static string? Text(JsonNode? parent, string member) => (parent as JsonObject)?[member]?.GetValue<string>();
}
