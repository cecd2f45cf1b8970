using System.Text.Json;

namespace CleanUsers.WebApi.Tests;

/// <summary>An answer as it came over the wire.</summary>
public sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private JsonElement? _json;

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => _json ??= JsonElement.Parse(Body);

    /// <summary>A member of the body.</summary>
    public JsonElement this[string member] => Json.TryGetProperty(member, out var value) ? value : throw new Xunit.Sdk.XunitException($"No {member} in {Body}");

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        await response.Content.ReadAsStringAsync());

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Fails, showing the body, unless the status is this.</summary>
    public Answer Is(int status)
    {
        if (Status != status) throw new Xunit.Sdk.XunitException($"Expected {status}, got {Status}: {Body}");
        return this;
    }

    /// <summary>Fails unless this is the problem, in the form that every problem has.</summary>
    public Answer IsProblem(int status, string code)
    {
        Is(status);
        Assert.Equal("application/problem+json", Header("Content-Type"));
        Assert.Equal($"/problems/{code}", this["type"].GetString());
        Assert.Equal(code, this["code"].GetString());
        Assert.Equal(status, this["status"].GetInt32());
        Assert.NotEqual("", this["title"].GetString());
        Assert.NotEqual("", this["detail"].GetString());
        Assert.StartsWith("/", this["instance"].GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", this["traceId"].GetString());
        foreach (var internals in (string[])["System.", "Microsoft", "Exception", "   at ", "SELECT ", "Sqlite", "SqlClient", "Npgsql", ".cs:", "Json."])
            Assert.DoesNotContain(internals, Body, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Fails unless the body is a 400 with exactly these faults, each as <c>pointer|parameter|header name code</c>.</summary>
    public Answer HasFaults(params string[] faults)
    {
        IsProblem(400, "validation-failed");
        Assert.Equal(faults, Faults());
        return this;
    }

    public string[] Faults() =>
        [.. this["errors"].EnumerateArray().Select(error =>
        {
            Assert.NotEqual("", error.GetProperty("detail").GetString());
            var place = error.EnumerateObject().First();
            return $"{place.Name} {place.Value.GetString()} {error.GetProperty("code").GetString()}";
        })];
}
