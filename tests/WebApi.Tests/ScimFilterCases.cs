using System.Text.Json;
using System.Text.Json.Nodes;
using CleanUsers.Application.Ports;
using CleanUsers.TestSupport;
using CleanUsers.WebApi.Scim.Filters;

namespace CleanUsers.WebApi.Tests;

/// <summary>Random filters, as npm's scim2-parse-filter reads them and as it finds users by them: tests/Scim/generate.mjs made the cases.</summary>
public sealed class ScimFilterCases
{
    private static readonly JsonObject Cases = JsonNode.Parse(File.ReadAllText(Repository.PathOf("tests", "Scim", "filters.json")))!.AsObject();

    [Fact]
    public void Filter_is_read_as_the_library_of_others_reads_it()
    {
        foreach (var (text, one) in Filters())
        {
            var (expected, actual) = (Flatten(one["tree"]!), Flatten(ToJson(ScimFilterParser.Parse(text))));
            Assert.True(JsonNode.DeepEquals(expected, actual), $"{text}\n{expected.ToJsonString()}\n{actual.ToJsonString()}");
        }
    }

    [Fact]
    public void Filter_finds_the_users_that_the_library_of_others_finds()
    {
        var users = Cases["users"]!.AsArray().Select(user => user!.AsObject()).ToList();
        foreach (var (text, one) in Filters())
        {
            var filter = ScimFilterParser.Parse(text);
            var found = users.Select((user, i) => (user, i)).Where(pair => ScimEvaluator.Matches(filter, pair.user)).Select(pair => pair.i);
            Assert.True(one["matches"]!.AsArray().Select(i => i!.GetValue<int>()).SequenceEqual(found), $"{text}: {string.Join(", ", found)}");
        }
    }

    private static IEnumerable<(string Text, JsonObject Case)> Filters() =>
        Cases["filters"]!.AsArray().Select(one => (one!["filter"]!.GetValue<string>(), one.AsObject()));

    /// <summary>As the library has it.</summary>
    private static JsonObject ToJson(ScimExpression filter) => filter switch
    {
        ScimExpression.And(var left, var right) => new() { ["op"] = "and", ["filters"] = new JsonArray(ToJson(left), ToJson(right)) },
        ScimExpression.Or(var left, var right) => new() { ["op"] = "or", ["filters"] = new JsonArray(ToJson(left), ToJson(right)) },
        ScimExpression.Not(var negated) => new() { ["op"] = "not", ["filter"] = ToJson(negated) },
        ScimExpression.IsPresent(var path) => new() { ["op"] = "pr", ["attrPath"] = path.ToString() },
        ScimExpression.HasValue(var path, var condition) => new()
        {
            ["op"] = "[]",
            ["attrPath"] = path.ToString(),
            ["valFilter"] = ToJson(condition),
        },
        ScimExpression.Compare(var path, var comparison, var value) => new()
        {
            ["op"] = comparison switch
            {
                ScimComparison.Equal => "eq",
                ScimComparison.StartsWith => "sw",
                ScimComparison.Contains => "co",
                ScimComparison.EndsWith => "ew",
                ScimComparison.Greater => "gt",
                ScimComparison.GreaterOrEqual => "ge",
                ScimComparison.Less => "lt",
                _ => "le",
            },
            ["attrPath"] = path.ToString(),
            ["compValue"] = JsonSerializer.SerializeToNode(value),
        },
        _ => throw new NotSupportedException(),
    };

    /// <summary>One list of what is joined by the same word, however it is nested.</summary>
    private static JsonObject Flatten(JsonNode tree)
    {
        var flat = new JsonObject();
        foreach (var (name, value) in tree.AsObject())
        {
            flat[name] = name switch
            {
                "filters" => new JsonArray([.. value!.AsArray().Select(one => Flatten(one!)).SelectMany(
                    one => $"{one["op"]}" == $"{tree["op"]}" ? one["filters"]!.AsArray().Select(inner => inner!.DeepClone()) : [one])]),
                "filter" or "valFilter" => Flatten(value!),
                _ => value?.DeepClone(),
            };
        }

        return flat;
    }
}
