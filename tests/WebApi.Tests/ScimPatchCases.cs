using System.Text.Json.Nodes;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Scim;

namespace CleanUsers.WebApi.Tests;

/// <summary>Random patches, as npm's scim-patch executes them: tests/Scim/generate.mjs made the cases.</summary>
public sealed class ScimPatchCases
{
    [Fact]
    public void Patch_gives_what_the_library_of_others_gives()
    {
        var cases = JsonNode.Parse(File.ReadAllText(Repository.PathOf("tests", "Scim", "patches.json")))!.AsArray();
        Assert.NotEmpty(cases);
        foreach (var one in cases)
        {
            var user = one!["user"]!.AsObject();
            var operations = one["operations"]!.AsArray().Select(operation => new ScimOperation(
                Enum.Parse<ScimOperationKind>($"{operation!["op"]}", ignoreCase: true), (string?)operation["path"], operation["value"])).ToList();
            if (one["error"] is { } error)
            {
                Assert.Equal($"{error}", Assert.Throws<InvalidScimException>(() => ScimPatch.Apply(user, operations)).Type);
                continue;
            }

            var result = ScimPatch.Apply(user, operations);
            Assert.True(JsonNode.DeepEquals(Assigned(one["result"]), Assigned(result)), $"{one.ToJsonString()}\n{result.ToJsonString()}");
        }
    }

    /// <summary>Without what is empty, which is as good as not there (RFC 7643 section 2.5).</summary>
    private static JsonNode? Assigned(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject members:
                var kept = members.Select(member => (member.Key, Value: Assigned(member.Value))).Where(member => member.Value is not null).ToList();
                return kept.Count == 0 ? null : new JsonObject(kept.Select(member => KeyValuePair.Create(member.Key, member.Value)));
            case JsonArray values:
                var assigned = values.Select(Assigned).Where(one => one is not null).ToList();
                return assigned.Count == 0 ? null : new JsonArray([.. assigned]);
            default:
                return value?.DeepClone();
        }
    }
}
