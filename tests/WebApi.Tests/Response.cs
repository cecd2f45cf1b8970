using System.Text.Json;

namespace CleanUsers.WebApi.Tests;

/// <summary>A response as it was received.</summary>
public sealed record Response(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    private JsonElement? _json;

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => _json ??= JsonElement.Parse(Body);

    /// <summary>A member of the body.</summary>
    public JsonElement this[string member] =>
        Json.TryGetProperty(member, out var value) ? value : throw new Xunit.Sdk.XunitException($"No {member} in {Body}");

    public static async Task<Response> ReadAsync(HttpResponseMessage message) => new(
        (int)message.StatusCode,
        message.Headers.Concat(message.Content.Headers).ToDictionary(
            header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        await message.Content.ReadAsStringAsync());

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Fails and shows the body unless the status code is this one.</summary>
    public Response Is(int status)
    {
        if (Status != status) throw new Xunit.Sdk.XunitException($"Expected {status}, got {Status}: {Body}");
        return this;
    }

    /// <summary>Fails unless the body is this problem, with the members that every problem has.</summary>
    public Response IsProblem(int status, string code)
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
        foreach (var internals in (string[])[
            "System.", "Microsoft", "Exception", "   at ", "SELECT ", "Sqlite", "SqlClient", "Npgsql", ".cs:", "Json."])
            Assert.DoesNotContain(internals, Body, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Fails unless the body is an error of SCIM (RFC 7644 section 3.12); returns its kind, if it has one.</summary>
    public string? IsScimError(int status)
    {
        Is(status);
        Assert.Equal("application/scim+json", Header("Content-Type"));
        Assert.Equal("""["urn:ietf:params:scim:api:messages:2.0:Error"]""", $"{this["schemas"]}");
        Assert.Equal($"{status}", this["status"].GetString());
        Assert.NotEqual("", this["detail"].GetString());
        foreach (var internals in (string[])["System.", "Exception", "   at ", "SELECT ", "Sqlite", "Npgsql", ".cs:"])
            Assert.DoesNotContain(internals, Body, StringComparison.Ordinal);
        return Json.TryGetProperty("scimType", out var type) ? type.GetString() : null;
    }

    /// <summary>Fails unless the response is a 400 with exactly these errors, each as <c>pointer|parameter|header name code</c>.</summary>
    public Response HasErrors(params string[] errors)
    {
        IsProblem(400, "validation-failed");
        Assert.Equal(errors, Errors());
        return this;
    }

    public string[] Errors() =>
        [.. this["errors"].EnumerateArray().Select(error =>
        {
            Assert.NotEqual("", error.GetProperty("detail").GetString());
            var place = error.EnumerateObject().First();
            return $"{place.Name} {place.Value.GetString()} {error.GetProperty("code").GetString()}";
        })];
}
