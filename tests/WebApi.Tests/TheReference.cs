using System.Text.Json.Nodes;

namespace CleanUsers.WebApi.Tests;

/// <summary>The reference at /docs fills in the examples of the description. tests/OpenApi/reference.mjs presses Send on every operation.</summary>
public sealed class TheReference
{
    /// <summary>
    /// The reference sends an optional parameter that has an example: then changes are conditional on two headers that exclude each other, lists are
    /// empty, and every creation repeats one Idempotency-Key. So their examples are in their descriptions.
    /// </summary>
    [Fact]
    public void An_optional_parameter_has_no_example_that_would_be_sent()
    {
        var optional = DescribedContract.Document["components"]!["parameters"]!.AsObject()
            .Where(parameter => parameter.Value!["required"]?.GetValue<bool>() is not true).ToList();
        Assert.True(optional.Count >= 13, $"{optional.Count} optional parameters");
        var filledIn = optional.Where(parameter => HasExample(parameter.Value!) || HasExample(parameter.Value!["schema"]!));
        Assert.Equal([], filledIn.Select(parameter => parameter.Key));

        static bool HasExample(JsonNode node) => node["example"] is not null || node["examples"] is not null;
    }

    [Fact]
    public void A_required_parameter_has_an_example_so_that_a_request_can_be_sent_as_it_stands()
    {
        var required = DescribedContract.Document["components"]!["parameters"]!.AsObject()
            .Where(parameter => parameter.Value!["required"]?.GetValue<bool>() is true);
        Assert.All(required, parameter => Assert.True(parameter.Value!["example"] is not null, parameter.Key));
    }
}
