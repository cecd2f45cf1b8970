using System.Text.Json.Nodes;
using CleanUsers.WebApi.Scim;

namespace CleanUsers.WebApi.Tests;

/// <summary>PATCH on a user as JSON, without HTTP and database.</summary>
public sealed class ScimPatches
{
    private const string Enterprise = ScimSchema.EnterpriseUrn;

    private static readonly string[] Paths =
    [
        "userName", "name", "name.givenName", "emails", "emails.value", "emails[type eq \"work\"]", "emails[primary eq true].value", "addresses",
        "addresses[type eq \"x\"].region", Enterprise, $"{Enterprise}:manager", $"{Enterprise}:manager.value", "active", "roles[value pr]",
        "schemas", "groups", "password", "meta", "x", "emails[", "",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "\"True\"", "7", "\"\"", "\"x\"", "[]", "{}", "[[]]", "[null]", "[{}]", """{"value":"x","type":"work"}""",
        """[{"value":"x","primary":true},{"value":"y","primary":true}]""", """{"givenName":"x","emails":[{"value":"z"}],"active":"maybe"}""",
        """{"name.givenName":"x","emails[type eq \"home\"].value":"q"}""", """{"manager":{"value":null}}""",
    ];

    private const string User = $$"""
        {"userName":"ada","active":true,"title":"Countess","name":{"givenName":"Ada","familyName":"Byron"},
         "emails":[{"value":"ada@example.org","type":"work","primary":true},{"value":"ada@home.example","type":"home"}],
         "{{Enterprise}}":{"department":"Engines","manager":{"value":"7"} } }
        """;

    public static TheoryData<string, string, string> Changes => new()
    {
        { """{"op":"replace","path":"active","value":"False"}""", "active", "false" },
        { """{"op":"REPLACE","path":"Active","value":false}""", "active", "false" },
        { """{"op":"Add","path":"name.familyName","value":"King"}""", "name", """{"givenName":"Ada","familyName":"King"}""" },
        { """{"op":"replace","path":"name","value":{"familyName":"King"}}""", "name", """{"givenName":"Ada","familyName":"King"}""" },
        { """{"op":"replace","value":{"name.familyName":"King"}}""", "name", """{"givenName":"Ada","familyName":"King"}""" },
        { """{"op":"replace","value":{"NAME":{"FamilyName":"King"}}}""", "name", """{"givenName":"Ada","familyName":"King"}""" },
        { """{"op":"remove","path":"name.familyName"}""", "name", """{"givenName":"Ada"}""" },
        { """{"op":"remove","path":"title"}""", "title", "null" },
        { """{"op":"replace","path":"title","value":null}""", "title", "null" },
        { $$"""{"op":"replace","path":"{{ScimSchema.Core}}:title","value":"Ms"}""", "title", "\"Ms\"" },
        {
            $$"""{"op":"replace","path":"{{Enterprise}}:department","value":"Looms"}""", Enterprise,
            """{"department":"Looms","manager":{"value":"7"}}"""
        },
        {
            $$"""{"op":"add","path":"{{Enterprise}}:manager","value":"8"}""", Enterprise,
            """{"department":"Engines","manager":{"value":"8"}}"""
        },
        {
            $$$"""{"op":"add","value":{"{{{Enterprise}}}":{"costCenter":"1"},"{{{Enterprise}}}:division":"2"}}""", Enterprise,
            """{"department":"Engines","manager":{"value":"7"},"costCenter":"1","division":"2"}"""
        },
        { $$"""{"op":"remove","path":"{{Enterprise}}"}""", Enterprise, "null" },
        {
            """{"op":"replace","path":"emails[ type eq \"work\" ].value","value":"a@b.example"}""", "emails",
            """[{"value":"a@b.example","type":"work","primary":true},{"value":"ada@home.example","type":"home"}]"""
        },
        {
            """{"op":"replace","value":{"emails[type eq \"work\"].value":"a@b.example"}}""", "emails",
            """[{"value":"a@b.example","type":"work","primary":true},{"value":"ada@home.example","type":"home"}]"""
        },
        {
            """{"op":"remove","path":"emails[type eq \"home\" or value co \"nothing\"]"}""", "emails",
            """[{"value":"ada@example.org","type":"work","primary":true}]"""
        },
        {
            """{"op":"Remove","path":"emails","value":[{"value":"ada@home.example"},{"value":"x@y.example"}]}""", "emails",
            """[{"value":"ada@example.org","type":"work","primary":true}]"""
        },
        {
            """{"op":"Remove","path":"emails","value":[{"value":"ada@home.example","type":"work"},{}]}""", "emails",
            """[{"value":"ada@example.org","type":"work","primary":true},{"value":"ada@home.example","type":"home"}]"""
        },
        {
            """{"op":"add","path":"emails","value":[{"value":"c@d.example","primary":"True"}]}""", "emails",
            """
            [{"value":"ada@example.org","type":"work","primary":false},{"value":"ada@home.example","type":"home"},
             {"value":"c@d.example","primary":true}]
            """
        },
        {
            """{"op":"add","path":"emails","value":{"value":"ada@home.example","type":"home"}}""", "emails",
            """[{"value":"ada@example.org","type":"work","primary":true},{"value":"ada@home.example","type":"home"}]"""
        },
        {
            """{"op":"add","path":"phoneNumbers[type eq \"mobile\" and primary eq true].value","value":"+1"}""", "phoneNumbers",
            """[{"type":"mobile","primary":true,"value":"+1"}]"""
        },
        { """{"op":"replace","path":"password","value":"secret"}""", "password", "null" },
        { """{"op":"replace","value":{"id":"9","meta":{},"groups":[],"emial":"x","password":"secret"}}""", "id", "null" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Operation_changes_what_its_path_names(string operation, string attribute, string expected)
    {
        var before = Parse(User);
        var after = ScimPatch.Apply(before, Operations($"[{operation}]"));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), after[attribute]), after.ToJsonString());
        Assert.True(JsonNode.DeepEquals(Parse(User), before));
        after.Remove(attribute);
        before.Remove(attribute);
        Assert.True(JsonNode.DeepEquals(before, after), after.ToJsonString());
    }

    public static TheoryData<string, string> Errors => new()
    {
        { """{"op":"remove"}""", "noTarget" },
        { """{"op":"replace","path":"emails[type eq \"other\"]","value":{"display":"x"}}""", "noTarget" },
        { """{"op":"replace","path":"emails[value co \"nothing\"].display","value":"x"}""", "noTarget" },
        { """{"op":"replace","path":"emial","value":"x"}""", "invalidPath" },
        { """{"op":"replace","path":"","value":"x"}""", "invalidPath" },
        { """{"op":"replace","path":"emails[type eq]","value":"x"}""", "invalidPath" },
        { """{"op":"replace","path":"title[type eq \"work\"]","value":"x"}""", "invalidPath" },
        { """{"op":"replace","path":"id","value":"9"}""", "mutability" },
        { """{"op":"add","path":"meta.version","value":"9"}""", "mutability" },
        { """{"op":"remove","path":"userName"}""", "mutability" },
        { """{"op":"remove","path":"emails"}""", "mutability" },
        { """{"op":"replace","path":"emails","value":[]}""", "mutability" },
        { """{"op":"replace","value":"x"}""", "invalidValue" },
        { """{"op":"replace","path":"active","value":"maybe"}""", "invalidValue" },
        { """{"op":"replace","path":"title","value":7}""", "invalidValue" },
        { """{"op":"replace","path":"name","value":"Ada"}""", "invalidValue" },
        { """{"op":"add","path":"emails","value":"a@b.example"}""", "invalidValue" },
        { """{"op":"add","path":"name","value":{"givenName":"a","GIVENNAME":"b"}}""", "invalidValue" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Operation_that_can_not_be_executed_is_rejected(string operation, string type)
    {
        var operations = Operations($$"""[{"op":"replace","path":"title","value":"Ms"},{{operation}}]""");
        Assert.Equal(type, Assert.Throws<InvalidScimException>(() => ScimPatch.Apply(Parse(User), operations)).Type);
    }

    [Fact]
    public void Required_attribute_may_be_removed_and_added_again()
    {
        var operations = Operations("""[{"op":"remove","path":"userName"},{"op":"add","path":"userName","value":"b"}]""");
        Assert.Equal("b", (string?)ScimPatch.Apply(Parse(User), operations)["userName"]);
    }

    [Fact]
    public void Body_whose_member_is_there_twice_is_rejected() => Assert.Equal(
        "invalidSyntax", Assert.Throws<InvalidScimException>(() => ScimPatch.Read(Parse("""{"userName":"a","USERNAME":"b"}"""))).Type);

    /// <summary>Any operations and values: they are executed or rejected, and the user that they are executed on stays as it is.</summary>
    [Fact]
    public void Every_operation_is_executed_or_rejected()
    {
        var random = new Random(7);
        var user = Parse(User);
        for (var i = 0; i < 20_000; i++)
        {
            var operations = Operations(Any(random));
            var outcome = Record.Exception(() => ScimUserMapping.ToInput(ScimPatch.Apply(user, operations), present: null, isPatch: false));
            Assert.True(outcome is null or InvalidScimException, $"{string.Join("; ", operations)}: {outcome}");
        }

        Assert.True(JsonNode.DeepEquals(Parse(User), user));
    }

    /// <summary>Some operations, of which most can't be executed.</summary>
    internal static string Any(Random random) => new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new JsonObject
    {
        ["op"] = $"{(ScimOperationKind)random.Next(3)}",
        ["path"] = random.Next(4) == 0 ? null : Paths[random.Next(Paths.Length)],
        ["value"] = JsonNode.Parse(Values[random.Next(Values.Length)]),
    })]).ToJsonString();

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static List<ScimOperation> Operations(string json) => ScimRequests.ToOperations(Parse($$"""{"Operations":{{json}}}"""));
}
